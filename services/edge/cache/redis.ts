/**
 * A region's cache in Redis: each operation is one script, one round trip and one atomic step on the server, which
 * holds all there is to know. The rules are in `marks.ts` and `store.ts`; the scripts in `lua/` say the same.
 *
 * Two connections: reads must fail within 50 ms, applies may take longer. Both begin with the life of the server; when
 * they agree on another one than before, whoever listens is told. Where the server takes no change, the one for applies
 * is made anew now and then, for the address may lead to another server by now; readers go on with what there is.
 *
 * All keys of a region begin with `edgesync:{region}:`, whose braces keep them in one slot. Entries carry a TTL, the
 * rest never does, so that `volatile-ttl` evicts entries only.
 *
 * Where memory.ts differs: marks that lapse together go a few with each apply, marks of all kinds share one bound
 * (100,000 take 23 MB), and only the 10,000 entries stored last are listed.
 */
import type { EdgeHealth } from '../../protocol/edge-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import {
  type Application,
  type ApplyOutcome,
  type CacheBounds,
  type CachedVersion,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Lookup,
  type Passage,
  type Stamp,
  type TakenUp,
} from './cache.ts';
import { APPLY } from './lua/apply.ts';
import { CONFIRM, PASS } from './lua/beats.ts';
import { FILL } from './lua/fill.ts';
import { TAKE_UP } from './lua/positions.ts';
import { FORGET_LOG, RAISE_ALL } from './lua/raise-all.ts';
import { RAISE_MINIMUMS } from './lua/raise-minimums.ts';
import { isRefusal } from './lua/script.ts';
import { PARTS } from './lua/state.ts';
import { TAKES_WRITES } from './lua/takes-writes.ts';
import { UNLIST, VERSION_CELLS, VERSIONS } from './lua/versions.ts';
import {
  applyAnswer,
  applyAnswers,
  beatAnswer,
  chunked,
  fillAnswer,
  generationAnswer,
  parsed,
  takeUpAnswer,
  toPosition,
  versionRow,
  versionsAnswer,
} from './redis-answers.ts';
import { applyCall, passCall, raiseCall } from './redis-calls.ts';
import { RedisConnection } from './redis-connection.ts';
import { toStored } from './redis-entry.ts';
import { RedisLookups } from './redis-lookups.ts';

export interface RedisCacheOptions extends CacheBounds {
  readonly url: string;
  readonly region: string;
  /** Judges entries and marks. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a read may wait for Redis before it goes on without. */
  readonly readDeadlineMs?: number;
  readonly applyDeadlineMs?: number;
}

const READ_DEADLINE_MS = 50;
const APPLY_DEADLINE_MS = 500;
const ENTRIES_LISTED_MAX = 10_000;
const TTL_MS_MIN = 1;

/** Usable at once: while Redis has not answered, every operation fails with CacheUnavailable. */
export class RedisCache implements EdgeCache {
  readonly #options: RedisCacheOptions;
  readonly #reads: RedisConnection;
  readonly #applies: RedisConnection;
  readonly #lookups: RedisLookups;
  readonly #newLifeListeners = new Set<() => void>();
  /** What both connections agreed on last. */
  #life: string | undefined;
  #refusal = '';

  static open(options: RedisCacheOptions): RedisCache {
    return new RedisCache(options);
  }

  private constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#reads = this.#connect('reads', options.readDeadlineMs ?? READ_DEADLINE_MS);
    this.#applies = this.#connect('applies', options.applyDeadlineMs ?? APPLY_DEADLINE_MS);
    this.#lookups = new RedisLookups(this.#reads, () => this.#callOptions());
  }

  lookup(key: string): Promise<Lookup> {
    return this.#lookups.of(key);
  }

  async fill(key: string, entry: CacheEntry, { clock, life }: Stamp): Promise<FillOutcome> {
    const session = this.#reads.session();
    if (life !== session.life) return 'other-life';
    const keys = this.#keys('state', 'marks', 'patterns', `entry:${key}`, 'entries');
    const { tags, text } = toStored(entry, { clock, life });
    const ttlMs = Math.max(TTL_MS_MIN, Math.ceil(entry.expiresAt - this.#now()));
    const values = [this.#now(), key, clock, entry.version, ttlMs, ENTRIES_LISTED_MAX, tags, text];
    return parsed(fillAnswer, await session.call(FILL, { keys, values }));
  }

  async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    const session = this.#applies.session();
    if (batch.length === 0) return [];
    const answers = await session.callAll(
      APPLY,
      batch.map((application) => applyCall(application, this.#callOptions())),
    );
    this.#refusal = '';
    return parsed(applyAnswers, answers);
  }

  async pass(passage: Passage): Promise<ApplyOutcome> {
    return parsed(applyAnswer, await this.#applies.session().call(PASS, passCall(passage, this.#callOptions())));
  }

  async confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    const call = { keys: this.#keys('state'), values: [...times].flat() };
    return parsed(beatAnswer, await this.#applies.session().call(CONFIRM, call)) ?? undefined;
  }

  async takeUp(): Promise<TakenUp> {
    const answer = await this.#applies.session().call(TAKE_UP, { keys: this.#keys('state', 'positions'), values: [] });
    const [generation, positions] = parsed(takeUpAnswer, answer);
    const pairs = chunked(positions, 2).map(([partition, text]) => [Number(partition), toPosition(partition, text)] as const);
    return { generation, positions: new Map(pairs) };
  }

  async forgetLog(generation: string): Promise<string | undefined> {
    const answer = await this.#applies.session().call(FORGET_LOG, { keys: this.#keys('state', 'positions'), values: [generation] });
    return parsed(generationAnswer, answer) ?? undefined;
  }

  async raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    await this.#applies.session().call(RAISE_MINIMUMS, raiseCall(versions, this.#callOptions()));
  }

  async flush(): Promise<void> {
    await this.#reads.session().call(RAISE_ALL, { keys: this.#keys('state'), values: [] });
  }

  async versions(limit: number): Promise<readonly CachedVersion[]> {
    const keys = this.#keys('state', 'marks', 'patterns', 'entries');
    const values = [this.#now(), limit, ...this.#keys('entry:')];
    const session = this.#applies.session();
    const [rows, gone] = parsed(versionsAnswer, await session.call(VERSIONS, { keys, values }));
    const unlist = { keys: this.#keys('state', 'entries'), values: [...this.#keys('entry:'), ...gone] };
    // What is in nobody's way does not keep the list from being told.
    if (gone.length > 0) await session.call(UNLIST, unlist).catch(() => {});
    return chunked(rows, VERSION_CELLS).map((row) => {
      const [key, version, state, freshUntil, missing] = parsed(versionRow, row);
      return { key, version, state, freshUntil, isMissing: missing === '1' };
    });
  }

  connected(): boolean {
    return this.#reads.life !== undefined && this.#applies.life !== undefined;
  }

  async condition(): Promise<EdgeHealth['redis']> {
    if (this.#reads.life === undefined) return 'disconnected';
    if (this.#applies.life === undefined) return isRefusal(this.#applies.away) ? 'refuses writes' : 'disconnected';
    try {
      await this.#applies.session().call(TAKES_WRITES, { keys: this.#keys('state'), values: [] });
      return 'connected';
    } catch (error) {
      return isRefused(error) ? 'refuses writes' : 'disconnected';
    }
  }

  onNewLife(listener: () => void): void {
    this.#newLifeListeners.add(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#reads.close(), this.#applies.close()]);
  }

  #connect(use: string, deadlineMs: number): RedisConnection {
    const { url, region, logger } = this.#options;
    const name = `edgesync:${region}:${use}`;
    return new RedisConnection({
      url,
      name,
      keys: this.#keys('state', ...PARTS),
      deadlineMs,
      pipelined: use === 'reads',
      logger,
      onOpen: (life) => this.#agree(life),
      onRefused: (reason) => this.#lookAgain(reason),
    });
  }

  /**
   * A connection that still speaks to another life begins anew; when both speak to one, and it is a new one, it is
   * told.
   */
  #agree(life: string): void {
    const others = [this.#reads, this.#applies].filter((connection) => connection.life !== life);
    for (const other of others) if (other.life !== undefined) other.renew();
    if (others.length > 0 || life === this.#life) return;
    const isFirst = this.#life === undefined;
    this.#life = life;
    if (isFirst) return;
    this.#options.logger.warn({ region: this.#options.region, life }, 'the cache began a new life: nothing cached before is served');
    for (const listener of this.#newLifeListeners) listener();
  }

  /** Told once for each reason, until something has been applied again. */
  #lookAgain(reason: string): void {
    if (reason !== this.#refusal) {
      this.#options.logger.warn({ region: this.#options.region, reason }, 'the cache answers and takes no change');
      this.#refusal = reason;
    }
    this.#applies.lookAgain(reason);
  }

  #callOptions() {
    return { keys: (...names: readonly string[]) => this.#keys(...names), now: this.#now(), bounds: this.#options };
  }

  #keys(...names: readonly string[]): string[] {
    return names.map((name) => `edgesync:{${this.#options.region}}:${name}`);
  }

  #now(): number {
    return this.#options.clock.now();
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof CacheUnavailable && error.cause instanceof Error && isRefusal(error.cause.message);
}
