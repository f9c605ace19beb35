/**
 * What the tests of a purger share: one on virtual time, over a log that can be made to rejoin, before a cache that a
 * test answers for.
 */
import { EdgeMeter } from '../../edge/metrics.ts';
import { EdgeSettings } from '../../edge/settings.ts';
import { RejoiningLog, writeOf } from '../../edge/testing/kit.ts';
import { MemoryLog } from '../../log/memory.ts';
import type { Strategy } from '../../protocol/invalidation.ts';
import { type Deliver, type PurgeRequest, waysOf, writtenPurges } from '../../protocol/purge-ways.ts';
import { silentLogger } from '../../runtime/log.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { DeliveryOptions } from '../delivery.ts';
import { Purger } from '../purger.ts';
import { MemoryStore, type PurgerStore } from '../store.ts';

/** As a target file says it. Every purge has a word of its own. */
export const EVERY_PURGE = {
  hard: { key: 'PURGE /<id>', tag: 'TAG /<tag>', pattern: { request: 'BAN /', headers: { 'x-pattern': '<pattern>' } }, all: 'ALL /' },
  soft: { key: 'SOFT /<id>', tag: 'SOFTTAG /<tag>', all: 'SOFTALL /' },
} as const;
export const EVERYTHING = 'ALL /';

export interface PurgerOfTest {
  readonly delayMs?: number;
  readonly strategy?: Strategy;
  readonly deliver?: Deliver;
  readonly tell?: DeliveryOptions['tell'];
  readonly purges?: unknown;
  readonly partitions?: number;
  readonly store?: PurgerStore;
}

export interface AskedOnce {
  readonly atMs: number;
  readonly text: string;
  /** The cache answered 200. */
  readonly isTaken: boolean;
}

interface Life {
  isOver: boolean;
}

const NEVER = new Promise<never>(() => {});

function lifeOf(store: PurgerStore, life: Life): PurgerStore {
  return {
    read: () => store.read(),
    writePositions: async (positions) => void (life.isOver || (await store.writePositions(positions))),
    addIds: async (ids) => void (life.isOver || (await store.addIds(ids))),
  };
}

export class PurgerWorld {
  readonly clock = new VirtualClock();
  readonly log: RejoiningLog;
  readonly settings: EdgeSettings;
  readonly store: PurgerStore;
  readonly meter: EdgeMeter;
  /** Each request in the order in which they were sent. */
  readonly asked: AskedOnce[] = [];
  /** What the cache makes of one: a status, or it throws. */
  answer: (text: string) => number | Promise<number> = () => 200;
  purger: Purger;
  readonly #given: PurgerOfTest;
  #life: Life = { isOver: false };

  constructor(given: PurgerOfTest = {}) {
    this.#given = given;
    this.log = new RejoiningLog(this.createLog());
    this.settings = new EdgeSettings({ propagationDelayMs: given.delayMs ?? 0, strategy: given.strategy ?? 'eager' });
    this.store = given.store ?? new MemoryStore();
    this.meter = new EdgeMeter(this.clock);
    this.purger = this.create();
  }

  createLog(): MemoryLog {
    return new MemoryLog({ clock: this.clock, partitions: this.#given.partitions ?? 1 });
  }

  create(): Purger {
    const { clock, log, settings, store, meter } = this;
    const { ok, ...purges } = writtenPurges.parse(this.#given.purges ?? EVERY_PURGE);
    const deliver = this.#given.deliver ?? { how: 'repeat' };
    const life = { isOver: false };
    this.#life = life;
    const ask = (request: PurgeRequest) => (life.isOver ? NEVER : this.#ask(request));
    return new Purger({
      region: 'here',
      log,
      store: lifeOf(store, life),
      ways: waysOf(purges),
      ok,
      ask,
      tell: this.#given.tell,
      deliver,
      settings,
      meter,
      clock,
      logger: silentLogger,
    });
  }

  /** Joined when it resolves, if nothing keeps it. */
  async start(): Promise<void> {
    this.purger.start().catch(() => {});
    await this.clock.settle();
  }

  /** Another life over the same store. */
  async restart(): Promise<void> {
    await this.purger.close();
    this.purger = this.create();
    await this.start();
  }

  /** As kill -9 does: what it asks for and stores after that reaches nobody. */
  async kill(): Promise<void> {
    this.#life.isOver = true;
    await this.purger.close();
    this.purger = this.create();
  }

  texts(): readonly string[] {
    return this.asked.map(({ text }) => text);
  }

  async #ask({ method, path, headers }: PurgeRequest): Promise<{ readonly status: number }> {
    const text = [`${method} ${path}`, ...Object.values(headers)].join(' ');
    const asked = { atMs: this.clock.monotonicMs(), text, isTaken: false };
    this.asked.push(asked);
    const status = await this.answer(text);
    asked.isTaken = status === 200;
    return { status };
  }
}

export async function withPurger(given: PurgerOfTest, use: (world: PurgerWorld) => Promise<void>): Promise<void> {
  const world = new PurgerWorld(given);
  try {
    await use(world);
  } finally {
    await world.purger.close();
    await world.log.inner.close();
  }
}

/** Of the cache: an answer that a test gives by hand. */
export function heldAnswer(): { readonly answer: Promise<number>; readonly give: (status: number) => void } {
  const { promise: answer, resolve: give } = Promise.withResolvers<number>();
  return { answer, give };
}

export async function appendTo(world: PurgerWorld, log: MemoryLog, ...ids: readonly number[]): Promise<void> {
  await log.append(ids.map((id) => writeOf(id, 2)));
  await world.clock.settle();
}

/** A purger that has purged 1 and 2, and what it asked for is forgotten. */
export async function withPurged(use: (world: PurgerWorld, log: MemoryLog) => Promise<void>): Promise<void> {
  await withPurger({}, async (world) => {
    const log = world.createLog();
    world.log.inner = log;
    await world.start();
    await appendTo(world, log, 1, 2);
    world.asked.length = 0;
    await use(world, log);
  });
}

export async function storedOffset({ store }: PurgerWorld): Promise<number | undefined> {
  return (await store.read()).positions.get(0)?.offset;
}
