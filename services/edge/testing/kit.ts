/**
 * What the tests of an edge share: a region on virtual time, ports that fail when told to, and an origin answered by
 * hand.
 */
import { expect } from 'vitest';
import type { InvalidationLog, LogMessage, LogSubscriber, LogSubscription, PartitionBounds } from '../../log/log.ts';
import { MemoryLog } from '../../log/memory.ts';
import { type Content, contentKey } from '../../protocol/content.ts';
import type { EdgeHealth } from '../../protocol/edge-api.ts';
import type { InvalidationEvent, Strategy } from '../../protocol/invalidation.ts';
import { type Logger, silentLogger } from '../../runtime/log.ts';
import { createRandom } from '../../runtime/random.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import {
  type Application,
  type ApplyOutcome,
  type CachedVersion,
  type CacheEntry,
  CacheUnavailable,
  type EdgeCache,
  type FillOutcome,
  type Lookup,
  type Passage,
  type Stamp,
  type TakenUp,
} from '../cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from '../cache/memory.ts';
import { Invalidator } from '../invalidator.ts';
import { EdgeMeter } from '../metrics.ts';
import { ObservedCache } from '../observed-cache.ts';
import { EdgeSettings } from '../settings.ts';

export const DELAY_MS = 300;
const LIFE_MS = 3_600_000;

export function contentOf(id: number, version: number, tags: readonly string[] = []): Content {
  const at = '2026-01-01T00:00:00.000Z';
  const text = `content ${id} at version ${version}`;
  return { id, slug: `c${id}`, title: text, body: text, metadata: {}, tags: [...tags], version, created_at: at, updated_at: at };
}

export function entryOf(content: Content, now: number): CacheEntry {
  const ends = now + LIFE_MS;
  return {
    version: content.version,
    content,
    etag: `"${content.version}"`,
    fetchedAt: now,
    freshUntil: ends,
    staleUntil: ends,
    expiresAt: ends,
  };
}

let eventsMade = 0;

/** As the origin publishes it: under the invalidated key. */
export function eventOf(event: Pick<InvalidationEvent, 'type' | 'target'> & Partial<InvalidationEvent>): LogMessage {
  eventsMade += 1;
  const value = { id: `event-${eventsMade}`, timestamp: '2026-01-01T00:00:00.000Z', priority: 'normal', ...event };
  return { key: event.target, value: JSON.stringify(value), headers: { 'event-type': event.type } };
}

export function writeOf(id: number, version: number, more: Partial<InvalidationEvent> = {}): LogMessage {
  return eventOf({ type: 'key', target: contentKey(id), version, ...more });
}

/** A cache in front of another: away when told to, and with commands of a pipeline that fail. */
export class FaultyCache implements EdgeCache {
  away = false;
  /** Runs before each command; a promise of it holds the command back. */
  before: (command: string) => Promise<void> | void = () => {};
  /** Per apply the places in its batch that fail; the commands after them go through, as in a pipeline. */
  failing: (batch: readonly Application[]) => readonly number[] = () => [];
  /** It knows at once what it holds. */
  isAtHand = false;
  readonly calls: string[] = [];
  readonly #inner: EdgeCache;

  constructor(inner: EdgeCache) {
    this.#inner = inner;
  }

  async #reach(command: string): Promise<void> {
    this.calls.push(command);
    await this.before(command);
    if (this.away) throw new CacheUnavailable('the cache is away');
  }

  async lookup(key: string): Promise<Lookup> {
    await this.#reach('lookup');
    return this.#inner.lookup(key);
  }

  lookupNow(key: string): Lookup | undefined {
    return this.isAtHand && !this.away ? this.#inner.lookupNow?.(key) : undefined;
  }

  async fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    await this.#reach('fill');
    return this.#inner.fill(key, entry, stamp);
  }

  async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    await this.#reach('apply');
    const failing = this.failing(batch);
    const outcomes = await this.#inner.apply(batch.filter((_, at) => !failing.includes(at)));
    if (failing.length > 0) throw new CacheUnavailable(`commands ${failing.join(', ')} of the pipeline failed`);
    return outcomes;
  }

  async pass(passage: Passage): Promise<ApplyOutcome> {
    await this.#reach('pass');
    return this.#inner.pass(passage);
  }

  async confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined> {
    await this.#reach('confirmBeats');
    return this.#inner.confirmBeats(times);
  }

  async takeUp(): Promise<TakenUp> {
    await this.#reach('takeUp');
    return this.#inner.takeUp();
  }

  async forgetLog(generation: string): Promise<string | undefined> {
    await this.#reach('forgetLog');
    return this.#inner.forgetLog(generation);
  }

  async raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    await this.#reach('raiseMinimums');
    await this.#inner.raiseMinimums(versions);
  }

  async flush(): Promise<void> {
    await this.#reach('flush');
    await this.#inner.flush();
  }

  async versions(limit: number): Promise<readonly CachedVersion[]> {
    await this.#reach('versions');
    return this.#inner.versions(limit);
  }

  connected(): boolean {
    return !this.away && this.#inner.connected();
  }

  async condition(): Promise<EdgeHealth['redis']> {
    return this.away ? 'disconnected' : this.#inner.condition();
  }

  onNewLife(listener: () => void): void {
    this.#inner.onNewLife(listener);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

/** A log whose group can be made to rejoin, also to a log made anew under the same name. */
export class RejoiningLog implements InvalidationLog {
  inner: InvalidationLog;
  /** Holds back `bounds`, or makes it fail. */
  beforeBounds: () => Promise<void> | void = () => {};
  /** Time between an assignment and the end of `subscribe`; records may come in it. */
  afterSubscribe: () => Promise<void> | void = () => {};
  readonly pauses: string[] = [];
  #member: { readonly subscriber: LogSubscriber; current: LogSubscription } | undefined;

  constructor(inner: InvalidationLog) {
    this.inner = inner;
  }

  append(messages: readonly LogMessage[]): Promise<void> {
    return this.inner.append(messages);
  }

  async subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    const member = { subscriber, current: await this.inner.subscribe(subscriber) };
    this.#member = member;
    await this.afterSubscribe();
    return {
      seek: (partition, offset) => member.current.seek(partition, offset),
      pause: (partition) => {
        this.pauses.push(`pause ${partition}`);
        member.current.pause(partition);
      },
      resume: (partition) => {
        this.pauses.push(`resume ${partition}`);
        member.current.resume(partition);
      },
      commit: (nextOffsets) => member.current.commit(nextOffsets),
      isSameLog: () => member.current.isSameLog(),
      close: () => member.current.close(),
    };
  }

  /** Who has subscribed last. */
  get subscriber(): LogSubscriber | undefined {
    return this.#member?.subscriber;
  }

  async rejoin(log: InvalidationLog = this.inner): Promise<void> {
    this.inner = log;
    const member = this.#member;
    if (member === undefined) return;
    await member.current.close();
    member.current = await log.subscribe(member.subscriber);
  }

  async bounds(): Promise<readonly PartitionBounds[]> {
    await this.beforeBounds();
    return this.inner.bounds();
  }

  connected(): boolean {
    return this.inner.connected();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

export interface RegionOptions {
  readonly delayMs?: number;
  readonly strategy?: Strategy;
  readonly partitions?: number;
  readonly seed?: number;
  readonly logger?: Logger;
  /** Heartbeats count. Left out: they do not. */
  readonly skewMs?: number;
  /** Its edge works with a cache that tells what it has lost. */
  readonly isObserved?: boolean;
}

/** One region: its cache outlives its edge, and its edge can be started again. */
export class Region {
  readonly clock = new VirtualClock();
  readonly server: MemoryCacheServer;
  readonly log: RejoiningLog;
  readonly settings: EdgeSettings;
  meter: EdgeMeter;
  cache: FaultyCache;
  /** Over `cache`, where it was asked for. */
  observed: ObservedCache | undefined;
  invalidator: Invalidator;
  readonly #partitions: number;
  readonly #logger: Logger;
  readonly #skewMs: number | undefined;
  readonly #isObserved: boolean;

  constructor({
    delayMs = DELAY_MS,
    strategy = 'eager',
    partitions = 1,
    seed = 1,
    logger = silentLogger,
    skewMs,
    isObserved = false,
  }: RegionOptions) {
    this.#isObserved = isObserved;
    this.#skewMs = skewMs;
    this.#partitions = partitions;
    this.#logger = logger;
    this.server = new MemoryCacheServer({ clock: this.clock, random: createRandom(seed), markRetentionMs: LIFE_MS });
    this.log = new RejoiningLog(this.createLog());
    this.settings = new EdgeSettings({ propagationDelayMs: delayMs, strategy });
    this.meter = new EdgeMeter(this.clock);
    this.cache = new FaultyCache(new MemoryCache(this.server));
    this.invalidator = this.#createInvalidator();
  }

  createLog(): MemoryLog {
    return new MemoryLog({ clock: this.clock, partitions: this.#partitions });
  }

  #createInvalidator(): Invalidator {
    const { log, settings, clock, meter } = this;
    this.observed = this.#isObserved ? new ObservedCache(this.cache) : undefined;
    const cache = this.observed ?? this.cache;
    return new Invalidator({
      region: 'test',
      group: 'test',
      log,
      cache,
      settings,
      clock,
      meter,
      logger: this.#logger,
      skewMs: this.#skewMs,
    });
  }

  async start(): Promise<void> {
    await this.invalidator.start();
    await this.clock.settle();
  }

  async stop(): Promise<void> {
    await this.invalidator.close();
    await this.cache.close();
  }

  /** Not started: with `start`, so that a test can look in between. */
  async restartEdge(): Promise<void> {
    await this.stop();
    this.meter = new EdgeMeter(this.clock);
    this.cache = new FaultyCache(new MemoryCache(this.server));
    this.invalidator = this.#createInvalidator();
  }

  /** As a reader who missed: looked up, fetched, filled. */
  async store(content: Content): Promise<FillOutcome> {
    const stamp = await this.cache.lookup(contentKey(content.id));
    return this.cache.fill(contentKey(content.id), entryOf(content, this.clock.now()), stamp);
  }

  async stateOf(id: number): Promise<string> {
    return (await this.cache.lookup(contentKey(id))).state;
  }

  /** Per partition the offset applied last, as the cache has it. */
  appliedOffsets(): Map<number, number> {
    return new Map([...this.server.store.takeUp().positions].map(([partition, { offset }]) => [partition, offset]));
  }

  async endOffsets(): Promise<Map<number, number>> {
    const bounds = await this.log.inner.bounds();
    return new Map(bounds.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end - 1]));
  }
}

export async function withRegion(options: RegionOptions, use: (region: Region) => Promise<void>): Promise<void> {
  const region = new Region(options);
  try {
    await use(region);
  } finally {
    region.cache.away = false;
    region.cache.before = () => {};
    await region.stop();
  }
}

/** Nothing was lost, nothing waits. */
export async function expectAllApplied(region: Region): Promise<void> {
  expect(region.appliedOffsets()).toEqual(await region.endOffsets());
  expect(region.invalidator.status()).toMatchObject({ queued: 0, catchingUp: false });
}
