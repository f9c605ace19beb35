/**
 * The load of `scale`: contents made and read everywhere, then writes and reads at their times, whoever has not
 * answered yet. Of some writes each region is asked again and again from just before its delay has passed, until it
 * serves them.
 */

import { createZipf } from '../../../lab/load/zipf.ts';
import type { Clients } from '../../../lab/system/clients.ts';
import { need } from '../../../lab/system/edges/edge.ts';
import type { World, WorldRegion } from '../../../lab/worlds/world.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Random } from '../../../services/runtime/random.ts';

export interface ScaleLoadOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: number;
  readonly writesPerS: number;
}

const MS_PER_S = 1000;
/** In virtual time. */
const LOAD_MS = 10_000;
/** Of the processor: then the load ends, shorter than it was to be. */
const LOAD_PROCESSOR_US_MAX = 20_000_000;
/** So many reads fill the caches, the keys read most first. */
const FILLS_MAX = 60_000;
const READS_PER_S_AND_REGION = 20;
const SKEW = 0.9;
/** So many calls at once fill the caches. */
const AT_ONCE = 500;
/** Of so many writes each region is asked. */
const WATCHED = 20;
const EARLY_MS = 5;
const ASK_AGAIN_MS = 5;
const WATCH_MS_MAX = 10_000;
const POLL_MS = 1_000;
const SETTLE_MS_MAX = 30_000;

interface Key {
  readonly id: number;
  /** By version from 1, when it was answered. */
  readonly answeredMs: number[];
  tail: Promise<void>;
}

export class ScaleLoad {
  readonly #options: ScaleLoadOptions;
  readonly #clients: Clients;
  readonly #keys: Key[] = [];
  /** Of each read answered as fresh: for how long a later version had been answered when it began. */
  readonly stalenessMs: number[] = [];
  /** Of each watched write and region: when a read that showed it began, from its answer and the region's delay. */
  readonly lateMs: number[] = [];

  constructor(options: ScaleLoadOptions) {
    this.#options = options;
    this.#clients = options.world.openClients();
  }

  /** Every key once in every cache, and every event of that applied. */
  async fill(): Promise<void> {
    const { keys, world } = this.#options;
    await eachOf(
      Array.from({ length: keys }, (_, at) => at),
      async (at) => {
        const { id } = await this.#clients.create({ slug: `scale-${at}`, title: 't', body: 'b', tags: [`tag-${at % 10}`] });
        this.#keys[at] = { id, answeredMs: [this.#now()], tail: Promise.resolve() };
      },
    );
    await this.#settle();
    const cells = this.#keys.flatMap(({ id }) => world.regions.map(({ region }) => ({ region, id })));
    await eachOf(cells.slice(0, FILLS_MAX), async ({ region, id }) => void (await this.#clients.edge(region).read(id)));
  }

  async run(): Promise<void> {
    const { clock } = this.#options;
    const [begunAt, processor] = [clock.monotonicMs(), process.cpuUsage()];
    const isOver = () => clock.monotonicMs() - begunAt >= LOAD_MS || process.cpuUsage(processor).user > LOAD_PROCESSOR_US_MAX;
    await Promise.all([this.#write(isOver), this.#read(isOver), this.#poll(isOver)]);
    await this.#settle();
  }

  /** Over all regions, since their start. */
  async applied(): Promise<number> {
    const metrics = await this.#metrics();
    return metrics.reduce((sum, { metrics: { totalInvalidations } }) => sum + totalInvalidations, 0);
  }

  #metrics(): Promise<readonly EdgeMetrics[]> {
    return Promise.all(this.#options.world.regions.map(({ region }) => need(this.#clients.edge(region), 'metrics')()));
  }

  #now(): number {
    return this.#options.clock.monotonicMs();
  }

  async #write(isOver: () => boolean): Promise<void> {
    const { keys, random, writesPerS } = this.#options;
    const draw = createZipf(keys, SKEW, random.fork('writes'));
    const watchedEach = Math.max(1, Math.floor((writesPerS * LOAD_MS) / MS_PER_S / WATCHED));
    let sent = 0;
    await this.#atRate(writesPerS, isOver, () => {
      const key = this.#keys[draw()];
      sent += 1;
      const isWatched = sent % watchedEach === 0;
      if (key === undefined) return Promise.resolve();
      key.tail = key.tail.then(() => this.#change(key, isWatched));
      return key.tail;
    });
  }

  async #change(key: Key, isWatched: boolean): Promise<void> {
    const { version } = await this.#clients.update(key.id, { body: `at ${this.#now()}` });
    key.answeredMs[version - 1] = this.#now();
    // Nobody writes this key again before it is served: what is seen is this write.
    if (isWatched) await Promise.all(this.#options.world.regions.map((region) => this.#watch(region, key.id, version)));
  }

  async #watch(region: WorldRegion, id: number, version: number): Promise<void> {
    const { clock } = this.#options;
    const dueAt = clock.monotonicMs() + region.delayMs;
    await sleep(clock, Math.max(0, region.delayMs - EARLY_MS));
    while (clock.monotonicMs() < dueAt + WATCH_MS_MAX) {
      const startMs = clock.monotonicMs();
      const read = await this.#clients.edge(region.region).read(id);
      if (read.version >= version) return void this.lateMs.push(startMs - dueAt);
      await sleep(clock, ASK_AGAIN_MS);
    }
    throw new Error(`${region.region} does not serve version ${version} of content ${id} after ${WATCH_MS_MAX} ms`);
  }

  async #read(isOver: () => boolean): Promise<void> {
    const { keys, random, world } = this.#options;
    const draw = createZipf(keys, SKEW, random.fork('reads'));
    let at = 0;
    await this.#atRate(READS_PER_S_AND_REGION * world.regions.length, isOver, async () => {
      const region = world.regions[at % world.regions.length];
      const key = this.#keys[draw()];
      at += 1;
      if (region === undefined || key === undefined) return;
      const startMs = this.#now();
      const { version, status } = await this.#clients.edge(region.region).read(key.id);
      if (status === 'fresh') this.stalenessMs.push(Math.max(0, startMs - (key.answeredMs[version] ?? startMs)));
    });
  }

  /** As a run does. */
  async #poll(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await Promise.all([this.applied(), this.#clients.originMetrics()]);
      await sleep(this.#options.clock, POLL_MS);
    }
  }

  async #atRate(perS: number, isOver: () => boolean, send: () => Promise<void>): Promise<void> {
    const { clock } = this.#options;
    const begunAt = clock.monotonicMs();
    const pending: Promise<void>[] = [];
    for (let sent = 0; !isOver(); sent += 1) {
      const waitMs = begunAt + (sent * MS_PER_S) / perS - clock.monotonicMs();
      if (waitMs > 0) await sleep(clock, waitMs);
      pending.push(send());
    }
    await Promise.all(pending);
  }

  /** Until nothing is in the outbox and no region lags. */
  async #settle(): Promise<void> {
    const { clock } = this.#options;
    for (const until = clock.monotonicMs() + SETTLE_MS_MAX; clock.monotonicMs() < until; await sleep(clock, POLL_MS / 10)) {
      if ((await this.#clients.originMetrics()).outbox.pending > 0) continue;
      const metrics = await this.#metrics();
      if (metrics.every(({ log }) => log.lag === 0)) return;
    }
    throw new Error(`not everything is applied ${SETTLE_MS_MAX} ms after the load`);
  }
}

/** A few at a time. */
async function eachOf<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(act));
}
