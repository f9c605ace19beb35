/**
 * Whatever happens to a purger, its log, its store and its cache: once they are healed, the cache has taken for each
 * record a purge that covers it and was sent after it. fast-check prints seed and trace.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventOf, writeOf } from '../edge/testing/kit.ts';
import { type LogMessage, LogUnavailable } from '../log/log.ts';
import { contentKey } from '../protocol/content.ts';
import type { Deliver } from '../protocol/purge-ways.ts';
import { sleep } from '../runtime/clock.ts';
import { createRandom } from '../runtime/random.ts';
import { MemoryStore } from './store.ts';
import { EVERYTHING, type PurgerWorld, withPurger } from './testing/kit.ts';

const SEED = 20_260_101;
const RUNS = 300;
const DELAY_MS = 100;
const AGAIN_MS = 700;
const HANGS_MS = 5_000;
/**
 * Longer than the longest delay, a purge that hangs, its backoff and the second purge, each of them over everything and
 * then each record.
 */
const HEALED_MS = 60_000;

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), id: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('tag' as const, 'unreadable' as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 1, 60, 120, 400, 2_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delay' as const), ms: fc.constantFrom(0, DELAY_MS, 1_000) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('cache' as const), how: fc.constantFrom('takes', 'refuses', 'hangs', 'slow', 'mixed') }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'kill' as const, 'rejoin' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('recreate' as const, 'otherLog' as const, 'drop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('store' as const), isFull: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bounds' as const), areAway: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Slow, and full at times. */
class StagedStore extends MemoryStore {
  isFull = false;
  before: () => Promise<void> = async () => {};

  override async writePositions(positions: Parameters<MemoryStore['writePositions']>[0]): Promise<void> {
    // As they are now, like a file.
    const written = new Map(positions);
    await this.#reach();
    await super.writePositions(written);
  }

  override async addIds(ids: readonly string[]): Promise<void> {
    await this.#reach();
    await super.addIds(ids);
  }

  async #reach(): Promise<void> {
    await this.before();
    if (this.isFull) throw new Error('no space left');
  }
}

interface Appended {
  readonly atMs: number;
  readonly covers: (text: string) => boolean;
  readonly about: string;
}

class Trial {
  readonly #world: PurgerWorld;
  readonly #store: StagedStore;
  readonly #appended: Appended[] = [];
  readonly #random = createRandom(SEED);
  #log: ReturnType<PurgerWorld['createLog']>;
  #cache = 'takes';
  #events = 0;
  #rejoining: Promise<void> = Promise.resolve();

  constructor(world: PurgerWorld, store: StagedStore) {
    this.#world = world;
    this.#store = store;
    this.#log = world.createLog();
    world.log.inner = this.#log;
    world.answer = () => this.#answer();
    store.before = () => sleep(world.clock, this.#random.below(50));
  }

  async #answer(): Promise<number> {
    const { clock } = this.#world;
    const how = this.#cache === 'mixed' ? (['takes', 'refuses', 'hangs', 'slow'][this.#random.below(4)] ?? '') : this.#cache;
    if (how === 'slow') await sleep(clock, this.#random.below(400));
    if (how === 'hangs') {
      await sleep(clock, HANGS_MS);
      throw new Error('no answer');
    }
    return how === 'refuses' ? 503 : 200;
  }

  #noted(message: LogMessage, about: string): LogMessage {
    const covers = (text: string) => text === EVERYTHING || text === about;
    this.#appended.push({ atMs: this.#world.clock.monotonicMs(), covers, about });
    return message;
  }

  #write(id: number): LogMessage {
    this.#events += 1;
    return this.#noted(writeOf(id, this.#events), `PURGE /${id}`);
  }

  async take(next: Step): Promise<void> {
    const { clock, settings } = this.#world;
    if (next.kind === 'write') await this.#log.append([this.#write(next.id)]);
    if (next.kind === 'tag') await this.#log.append([this.#noted(eventOf({ type: 'tag', target: 'news' }), 'TAG /news')]);
    if (next.kind === 'unreadable')
      await this.#log.append([this.#noted({ key: contentKey(1), value: 'no event', headers: {} }, EVERYTHING)]);
    if (next.kind === 'pass') await clock.advance(next.ms);
    if (next.kind === 'delay') settings.change({ propagationDelayMs: next.ms });
    if (next.kind === 'cache') this.#cache = next.how;
    if (next.kind === 'store') this.#store.isFull = next.isFull;
    await this.#disturb(next);
  }

  async #disturb(next: Step): Promise<void> {
    const { clock, log } = this.#world;
    if (next.kind === 'bounds') {
      log.beforeBounds = () => (next.areAway ? Promise.reject(new LogUnavailable('no bounds')) : sleep(clock, 10));
    }
    if (next.kind === 'recreate' && (await this.#isKnown())) this.#log.recreate(() => this.#write(1 + this.#random.below(5)));
    if (next.kind === 'drop') for (const { partition, end } of await this.#log.bounds()) this.#log.dropBelow(partition, end - 1);
    if (next.kind === 'rejoin') this.#rejoin();
    if (next.kind === 'otherLog' && (await this.#isKnown())) {
      this.#log = this.#world.createLog();
      await this.#log.append([this.#write(1)]);
      this.#rejoin();
    }
    if (next.kind === 'restart') {
      await clock.runUntil(this.#world.purger.close());
      this.#world.purger = this.#world.create();
      await this.#world.start();
    }
    if (next.kind === 'kill') {
      await clock.runUntil(this.#world.kill());
      await this.#world.start();
    }
  }

  /** A log of which nothing was done yet cannot be told from another one. */
  async #isKnown(): Promise<boolean> {
    if (this.#world.purger.status().catchingUp) return false;
    const [{ positions }, bounds] = [await this.#store.read(), await this.#log.bounds()];
    return bounds.every(({ partition, end }) => end === 0 || positions.has(partition));
  }

  #rejoin(): void {
    const { log } = this.#world;
    log.inner = this.#log;
    this.#rejoining = this.#rejoining.then(() => log.rejoin(this.#log)).catch(() => {});
  }

  async heal(): Promise<void> {
    const { clock, log } = this.#world;
    this.#cache = 'takes';
    this.#store.isFull = false;
    log.beforeBounds = () => {};
    await clock.advance(HEALED_MS);
    await clock.runUntil(this.#rejoining);
    await clock.advance(HEALED_MS);
  }

  /** `laterMs`: for so long after its record the purge must have been sent that counts. */
  async check(laterMs: number): Promise<void> {
    const { asked, purger } = this.#world;
    const taken = asked.filter(({ isTaken }) => isTaken);
    const lost = this.#appended.filter(({ atMs, covers }) => !taken.some((one) => one.atMs >= atMs + laterMs && covers(one.text)));
    expect(lost.map(({ about, atMs }) => `${about} of ${atMs} ms`)).toEqual([]);
    const ends = new Map((await this.#log.bounds()).map(({ partition, end }) => [partition, end - 1]));
    expect(purger.status()).toMatchObject({ queued: 0, catchingUp: false, overdueMs: 0, applied: ends });
  }
}

function runAll(steps: readonly Step[], deliver: Deliver, partitions: number): Promise<void> {
  const store = new StagedStore();
  return withPurger({ deliver, partitions, store, delayMs: DELAY_MS }, async (world) => {
    const trial = new Trial(world, store);
    await world.start();
    for (const next of steps) await trial.take(next);
    await trial.heal();
    await trial.check(deliver.how === 'again' ? AGAIN_MS : 0);
  });
}

test.each([
  { deliver: { how: 'repeat' }, partitions: 1 },
  { deliver: { how: 'repeat' }, partitions: 3 },
  { deliver: { how: 'again', afterMs: [AGAIN_MS] }, partitions: 2 },
] as const)('whatever happens to one with $partitions partition(s) that delivers by $deliver.how, no invalidation is lost', (given) =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), (steps) => runAll(steps, given.deliver, given.partitions)),
    { seed: SEED, numRuns: RUNS },
  ),
);
