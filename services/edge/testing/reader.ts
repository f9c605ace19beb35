/** A reader over a cache in memory, and an origin whose answers a test gives by hand. */
import { contentKey } from '../../protocol/content.ts';
import type { LeaseTerms } from '../../runtime/lease-settings.ts';
import { createRandom } from '../../runtime/random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { Breaker } from '../breaker.ts';
import type { Mark } from '../cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from '../cache/memory.ts';
import { type EntryLifetimes, entryLifeMsMax } from '../entry-times.ts';
import { Lease } from '../lease.ts';
import { EdgeMeter } from '../metrics.ts';
import { type OriginAnswer, type OriginClient, OriginUnavailable } from '../origin-client.ts';
import { Reader } from '../reader.ts';
import { contentOf, FaultyCache } from './kit.ts';

export const LIFETIMES: EntryLifetimes = { freshMs: 60_000, staleWhileRevalidateMs: 30_000, staleIfErrorMs: 300_000, negativeMs: 10_000 };
export const NOT_FRESH_MS = LIFETIMES.freshMs + 1;
export const ONLY_IF_ERROR_MS = LIFETIMES.freshMs + LIFETIMES.staleWhileRevalidateMs + 1;

export interface HeldFetch {
  readonly id: number;
  readonly ifNoneMatch: string | undefined;
  content(version: number, tags?: readonly string[]): void;
  missing(version: number): void;
  unchanged(): void;
  fail(): void;
}

export function contentAnswer(id: number, version: number, tags: readonly string[] = []): OriginAnswer {
  return { kind: 'content', content: contentOf(id, version, tags), etag: `"${version}"` };
}

export class ScriptedOrigin implements OriginClient {
  /** Every fetch so far, in order; answered by hand unless there is an `answer`. */
  readonly fetches: HeldFetch[] = [];
  answer: ((id: number) => Promise<OriginAnswer>) | undefined;

  fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<OriginAnswer>();
    this.fetches.push({
      id,
      ifNoneMatch,
      content: (version, tags) => resolve(contentAnswer(id, version, tags)),
      missing: (version) => resolve({ kind: 'missing', version }),
      unchanged: () => resolve({ kind: 'unchanged' }),
      fail: () => reject(new OriginUnavailable('the origin is away')),
    });
    return this.answer === undefined ? promise : this.answer(id);
  }

  /** The fetch number `at`, from 0. */
  held(at: number): HeldFetch {
    const held = this.fetches[at];
    if (held === undefined) throw new Error(`expected ${at + 1} fetches, got ${this.fetches.length}`);
    return held;
  }

  async list(): Promise<never> {
    throw new OriginUnavailable('not part of these tests');
  }

  async answers(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {}
}

export interface RigOptions {
  readonly terms?: LeaseTerms | undefined;
  /** Other edges answer from the same cache. */
  readonly isShared?: boolean | undefined;
}

export class ReaderRig {
  readonly clock = new VirtualClock();
  readonly server = new MemoryCacheServer({
    clock: this.clock,
    random: createRandom(1),
    markRetentionMs: entryLifeMsMax(LIFETIMES) + 2_000,
  });
  readonly cache = new FaultyCache(new MemoryCache(this.server));
  readonly origin = new ScriptedOrigin();
  readonly meter = new EdgeMeter(this.clock);
  readonly reader: Reader;
  readonly breaker: Breaker;
  /** The same with a circuit breaker: a reader of its own, over the same cache and the same origin. */
  readonly breaking: Reader;
  #catchingUp = false;
  #spell = 0;
  #applied = -1;

  constructor({ terms, isShared }: RigOptions = {}) {
    const { cache, origin, clock, meter } = this;
    const lease = terms && new Lease(() => terms, clock);
    const options = { cache, origin, clock, meter, lifetimes: LIFETIMES, upToDate: () => this.#upToDate(), isShared, lease };
    this.reader = new Reader(options);
    this.breaker = new Breaker({ clock, random: createRandom(1) });
    this.breaking = new Reader({ ...options, breaker: this.breaker });
  }

  /** As the invalidator says it. */
  set catchingUp(catchingUp: boolean) {
    if (catchingUp) this.#spell += 1;
    this.#catchingUp = catchingUp;
  }

  #upToDate(): number | undefined {
    return this.#catchingUp ? undefined : this.#spell;
  }

  /** As the invalidator would, one event at a time. */
  apply(mark: Mark): void {
    this.#applied += 1;
    const position = { partition: 0, offset: this.#applied, id: `event-${this.#applied}`, time: this.clock.now() };
    this.server.store.apply({ mark, position, previous: this.#applied - 1 }, this.clock.now());
  }

  /** As the invalidator does with a heartbeat of a log with one partition, once the log was found to be the same. */
  beat(time = this.clock.now()): void {
    this.#applied += 1;
    const position = { partition: 0, offset: this.#applied, id: `beat-${this.#applied}`, time: this.clock.now() };
    this.server.store.pass({ position, previous: this.#applied - 1, beat: { time, partitions: 1 } });
    this.server.store.confirmBeats(new Map([[0, time]]));
  }

  write(id: number, version: number, mode: Mark['mode']): void {
    this.apply({ type: 'key', target: contentKey(id), version, mode });
  }

  /** Reads a key nobody has in flight, answers its fetch, and waits for the end. */
  async readThrough(id: number, version: number, tags: readonly string[] = []): Promise<void> {
    const reading = this.reader.read(id);
    await this.clock.settle();
    const fetch = this.origin.held(this.origin.fetches.length - 1);
    if (version === 0) fetch.missing(0);
    else fetch.content(version, tags);
    await reading;
  }

  async readVersion(id: number): Promise<number> {
    return (await this.reader.read(id)).entry.version;
  }
}

export async function withReader(use: (rig: ReaderRig) => Promise<void>, options?: RigOptions): Promise<void> {
  const rig = new ReaderRig(options);
  await use(rig);
  await rig.clock.settle();
}
