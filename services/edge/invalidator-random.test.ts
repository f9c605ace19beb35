/**
 * Everything that can go wrong in a region, in random order and overlapping; then all is healed, and what must hold
 * holds: every event was applied, and nothing that is called fresh is older than the origin. Before that nothing is
 * called fresh that is older than the edge has known for a second after its delay. fast-check prints seed and trace.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogUnavailable } from '../log/log.ts';
import { contentKey } from '../protocol/content.ts';
import { sleep } from '../runtime/clock.ts';
import { createRandom } from '../runtime/random.ts';
import type { OriginAnswer } from './origin-client.ts';
import { Popularity } from './popularity.ts';
import { Reader } from './reader.ts';
import { DELAY_MS, eventOf, type Region, withRegion, writeOf } from './testing/kit.ts';
import { contentAnswer, LIFETIMES, ScriptedOrigin } from './testing/reader.ts';
import { Warmer } from './warmer.ts';

const SEED = 20_260_101;
const RUNS = 150;
const IDS = [1, 2, 3, 4, 5];
const TAG = 'news';
/** Longer than the longest delay, the longest backoff and the slowest fetch together. */
const HEALED_MS = 20_000;
/** Longer than the slowest fetch, and so short that nothing ages that was read before. */
const FETCHED_MS = 2_000;
/** An event due for longer than that is overdue; a lookup may have been judged that long ago. */
const OVERDUE_MS = 1_000;
const SLOW_CACHE_MS_MAX = 200;

const idOf = fc.constantFrom(...IDS);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('write' as const), id: idOf }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: idOf }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('purge' as const), mode: fc.constantFrom('hard' as const, 'soft' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unreadable' as const), id: idOf }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('read' as const), id: idOf }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 50, 120, 300, 1_000, 4_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delay' as const), ms: fc.constantFrom(0, 100, 300, 3_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('strategy' as const), strategy: fc.constantFrom('eager' as const, 'lazy' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('failApply' as const), at: fc.nat(3), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('slowCache' as const), msMax: fc.constantFrom(0, 20, SLOW_CACHE_MS_MAX) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refuseApplies' as const), refuse: fc.constantFrom(true, true, false) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cacheAway' as const), away: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('boundsAway' as const), away: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cacheRestart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edgeRestart' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rejoin' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wallClock' as const), ms: fc.constantFrom(-60_000, -500, 500) }) },
);
/** Few keys, and what keeps events that were read from being applied. */
const knowingStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), id: fc.constantFrom(1, 2) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), id: fc.constantFrom(1, 2) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(50, 300, 1_000, 4_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refuseApplies' as const), refuse: fc.constantFrom(true, true, false) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('boundsAway' as const), away: fc.constantFrom(true, true, false) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cacheRestart' as const, 'rejoin' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class World {
  readonly #region: Region;
  readonly #origin = new ScriptedOrigin();
  readonly #versions = new Map(IDS.map((id) => [id, 1]));
  readonly #deleted = new Set<number>();
  /** When the log had each version, on the monotonic clock. */
  readonly #appendedMs = new Map<string, number>();
  #delayMsMax = DELAY_MS;
  /** Called fresh, and older than what the edge has known of for too long. */
  readonly #tooOld: string[] = [];
  readonly #random = createRandom(SEED);
  #reader: Reader;
  readonly #popularity: Popularity;
  #warmer: Warmer | undefined;
  /** Fetched by a warmer now, and what it fetched twice at once. */
  readonly #warming = new Set<number>();
  #rejoining: Promise<void> = Promise.resolve();

  constructor(region: Region) {
    this.#region = region;
    this.#origin.answer = (id) => this.#answer(id);
    this.#popularity = new Popularity({ clock: region.clock, keys: IDS.length });
    this.#reader = this.#createReader();
  }

  #createReader(): Reader {
    const { cache, observed, clock, meter, invalidator } = this.#region;
    const [upToDate, shared] = [() => invalidator.upToDate(), { clock, meter, lifetimes: LIFETIMES }];
    const reader = new Reader({ cache: observed ?? cache, origin: this.#origin, upToDate, ...shared });
    this.#warmer?.close();
    this.#warmer = observed && this.#createWarmer(reader);
    return reader;
  }

  /** Of every content that was read. */
  #createWarmer(reader: Reader): Warmer {
    const { observed, clock, settings, invalidator } = this.#region;
    const warm = async (id: number) => {
      expect(this.#warming.has(id), `content ${id} is fetched twice at once`).toBe(false);
      this.#warming.add(id);
      const warmed = await reader.warm(id);
      this.#warming.delete(id);
      return warmed;
    };
    this.#warming.clear();
    const warmer = new Warmer({
      reader: { warm, fetching: 0 },
      popularity: this.#popularity,
      clock,
      random: createRandom(SEED),
      concurrency: 2,
      isEager: () => settings.strategy === 'eager',
      upToDate: () => invalidator.upToDate(),
    });
    observed?.onLoss(warmer);
    return warmer;
  }

  /** Read at a random moment of a slow fetch. */
  async #answer(id: number): Promise<OriginAnswer> {
    await sleep(this.#region.clock, this.#random.below(400));
    const version = this.#versions.get(id) ?? 0;
    const answer: OriginAnswer = this.#deleted.has(id) ? { kind: 'missing', version } : contentAnswer(id, version, [TAG]);
    await sleep(this.#region.clock, this.#random.below(400));
    return answer;
  }

  #nextVersion(id: number): number {
    const version = (this.#versions.get(id) ?? 0) + 1;
    this.#versions.set(id, version);
    this.#appendedMs.set(`${id} ${version}`, this.#region.clock.monotonicMs());
    return version;
  }

  /**
   * Nothing ever keeps the log from handing over what it has, so an edge that is not catching up knows of all that is
   * in it.
   */
  async #read(id: number): Promise<void> {
    const askedMs = this.#region.clock.monotonicMs();
    this.#popularity.count(id);
    const { entry, status, source } = await this.#reader.read(id);
    if (source !== 'cache' || status !== 'fresh') return;
    const nextMs = this.#appendedMs.get(`${id} ${entry.version + 1}`);
    if (nextMs === undefined || askedMs - nextMs <= this.#delayMsMax + OVERDUE_MS + SLOW_CACHE_MS_MAX) return;
    this.#tooOld.push(`content ${id} at version ${entry.version}, ${askedMs - nextMs} ms after the log had the next`);
  }

  async take(next: Step): Promise<void> {
    const { log, clock, settings, server } = this.#region;
    if (next.kind === 'write' && !this.#deleted.has(next.id)) await log.append([writeOf(next.id, this.#nextVersion(next.id))]);
    if (next.kind === 'delete' && !this.#deleted.has(next.id)) {
      this.#deleted.add(next.id);
      await log.append([writeOf(next.id, this.#nextVersion(next.id), { mode: 'hard' })]);
    }
    if (next.kind === 'purge') await log.append([eventOf({ type: 'tag', target: TAG, mode: next.mode })]);
    if (next.kind === 'unreadable') await log.append([{ key: contentKey(next.id), value: 'no event', headers: {} }]);
    if (next.kind === 'read') this.#read(next.id).catch(() => {});
    if (next.kind === 'pass') await clock.advance(next.ms);
    if (next.kind === 'delay') {
      settings.change({ propagationDelayMs: next.ms });
      this.#delayMsMax = Math.max(this.#delayMsMax, next.ms);
    }
    if (next.kind === 'strategy') settings.change({ strategy: next.strategy });
    if (next.kind === 'wallClock') clock.jumpWall(next.ms);
    if (next.kind === 'cacheRestart') server.restart();
    if (next.kind === 'rejoin') this.#rejoining = this.#rejoining.then(() => log.rejoin()).catch(() => {});
    await this.#disturb(next);
  }

  async #disturb(next: Step): Promise<void> {
    const { cache, clock, log } = this.#region;
    if (next.kind === 'cacheAway') cache.away = next.away;
    if (next.kind === 'slowCache') {
      cache.before = () => (next.msMax === 0 ? undefined : sleep(clock, this.#random.below(next.msMax)));
    }
    if (next.kind === 'boundsAway') {
      log.beforeBounds = () => (next.away ? Promise.reject(new LogUnavailable('no bounds')) : sleep(clock, 10));
    }
    if (next.kind === 'refuseApplies') cache.failing = (batch) => (next.refuse ? batch.map((_, at) => at) : []);
    if (next.kind === 'failApply') {
      let left = next.times;
      cache.failing = (batch) => {
        left -= 1;
        return left >= 0 && batch.length > 0 ? [Math.min(next.at, batch.length - 1)] : [];
      };
    }
    if (next.kind === 'edgeRestart') await this.#restartEdge();
  }

  async #restartEdge(): Promise<void> {
    const stopping = this.#region.restartEdge();
    await this.#region.clock.advance(1_000);
    await stopping;
    this.#reader = this.#createReader();
    this.#region.invalidator.start().catch(() => {});
  }

  async heal(): Promise<void> {
    const { cache, clock, log } = this.#region;
    cache.away = false;
    cache.before = () => {};
    cache.failing = () => [];
    log.beforeBounds = () => {};
    await clock.advance(HEALED_MS);
    await this.#rejoining;
  }

  /** How much was fetched before it was read. */
  get warmed(): number {
    return this.#warmer?.told().fetched ?? 0;
  }

  async check(): Promise<void> {
    expect(this.#warmer?.told().underWay ?? 0).toBe(0);
    const { cache, clock, invalidator } = this.#region;
    expect(this.#tooOld).toEqual([]);
    expect(this.#region.appliedOffsets()).toEqual(await this.#region.endOffsets());
    expect(invalidator.status()).toMatchObject({ queued: 0, catchingUp: false, overdueMs: 0, applied: await this.#paddedEnds() });
    for (const id of IDS) {
      const { state, entry } = await cache.lookup(contentKey(id));
      if (state === 'fresh') expect(entry?.version, `content ${id}`).toBe(this.#versions.get(id));
    }
    for (const id of IDS) this.#reader.read(id).catch(() => {});
    await clock.advance(FETCHED_MS);
    for (const id of IDS) {
      const reading = this.#reader.read(id);
      await clock.advance(1_000);
      const { entry, status } = await reading;
      expect([entry.version, entry.content === null, status], `content ${id}`).toEqual([
        this.#versions.get(id),
        this.#deleted.has(id),
        'fresh',
      ]);
    }
  }

  /** As the edge shows it: -1 for a partition nothing was written to. */
  async #paddedEnds(): Promise<Map<number, number>> {
    const bounds = await this.#region.log.inner.bounds();
    return new Map(bounds.map(({ partition, end }) => [partition, end - 1]));
  }
}

function runAll(steps: readonly Step[], partitions: number, { isWarmed = false, onEnd = (_warmed: number) => {} } = {}): Promise<void> {
  return withRegion({ partitions, isObserved: isWarmed }, async (region) => {
    const world = new World(region);
    await region.start();
    for (const next of steps) await world.take(next);
    await world.heal();
    await world.check();
    onEnd(world.warmed);
  });
}

for (const partitions of [1, 3]) {
  test(`whatever happens to a region with ${partitions} partition(s), once healed it has applied everything and is right`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => runAll(steps, partitions)),
      { seed: SEED, numRuns: RUNS },
    ));

  test(`with ${partitions} partition(s) that holds beside a warmer, too, which fetches nothing twice at once`, async () => {
    let warmed = 0;
    const onEnd = (fetches: number) => {
      warmed += fetches;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => runAll(steps, partitions, { isWarmed: true, onEnd })),
      { seed: SEED, numRuns: RUNS },
    );
    expect(warmed).toBeGreaterThan(RUNS);
  });

  test(`whatever a region with ${partitions} partition(s) cannot apply, nothing is called fresh that it has known for long to be old`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(knowingStep, { minLength: 20, maxLength: 60 }), (steps) => runAll(steps, partitions)),
      { seed: SEED, numRuns: RUNS },
    ));
}
