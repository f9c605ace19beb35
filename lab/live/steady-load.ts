/**
 * An unending load on rows of its own: reads in every region in turn and a write now and then, at fixed rates, answered
 * or not. A run's load (`load/driver.ts`) is a plan that is drawn before it begins and can be sent again; this one is
 * drawn as it goes, for nobody knows its end.
 */
import { contentKey } from '../../services/protocol/content.ts';
import { sleep, type Timer } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { patiently, rowsNamed } from '../load/rows.ts';
import { slugOf } from '../load/slots.ts';
import { createZipf } from '../load/zipf.ts';
import type { Session } from '../session/session.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { EndedOperation } from './live-judge.ts';
import type { LoadRates } from './protocol.ts';

export interface SteadyLoadOptions {
  readonly session: Session;
  readonly random: Random;
  readonly keys: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  /** Takes every read, and every write that was answered. */
  readonly onEnded: (operation: EndedOperation) => void;
}

export interface Written {
  readonly key: string;
  readonly version: number;
}

const TICK_MS = 20;
const MS_PER_S = 1000;
const SKEW = 0.9;
/** Requests without an answer yet. Above, what is due is left out: a region that hangs must not fill the memory. */
const UNDER_WAY_MAX = 500;

export class SteadyLoad {
  readonly #options: SteadyLoadOptions;
  readonly #drawSlot: () => number;
  /** The contents of its rows, by slot. */
  #ids: readonly number[];
  #rates: LoadRates;
  /** When the rates in force began, and what was sent since. */
  #sinceMs: number;
  #sent = { reads: 0, writes: 0 };
  #reads = 0;
  #writesWait = false;
  #isPaused = false;
  #timer: Timer | undefined;
  #underWay = 0;
  #changes = 0;
  #closed = false;

  private constructor(options: SteadyLoadOptions, ids: readonly number[]) {
    this.#options = options;
    this.#ids = ids;
    this.#drawSlot = createZipf(ids.length, SKEW, options.random.fork('slots'));
    const { readsPerSecond, writesPerSecond } = options;
    this.#rates = { readsPerSecond, writesPerSecond };
    this.#sinceMs = options.session.clock.monotonicMs();
    this.#tick();
  }

  /** Makes its rows `lab-0` … where they are not there yet. */
  static async start(options: SteadyLoadOptions): Promise<SteadyLoad> {
    return new SteadyLoad(options, await patiently((answered) => rowsOf(options, answered)));
  }

  /** Changes that many contents at once, the hottest first. Rejects when one of them could not be changed. */
  write(count: number): Promise<readonly Written[]> {
    return Promise.all(Array.from({ length: count }, (_, at) => this.#counted(() => this.#update(at % this.#ids.length))));
  }

  /** The content most of its reads are of. */
  get hottest(): number {
    return this.#idOf(0);
  }

  get rates(): LoadRates {
    return this.#rates;
  }

  /** From now on. */
  change(rates: Partial<LoadRates>): void {
    this.#rates = { ...this.#rates, ...rates };
    this.#sinceMs = this.#options.session.clock.monotonicMs();
    this.#sent = { reads: 0, writes: 0 };
  }

  /** While they wait, writes that are due are left out; reads go on. */
  holdWrites(wait: boolean): void {
    this.#writesWait = wait;
  }

  /** Nothing more is sent; resolves when everything under way has ended. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    while (this.#underWay > 0 && !this.#closed) await sleep(this.#options.session.clock, TICK_MS);
  }

  /**
   * Goes on, with new rows for those that somebody has deleted meanwhile. Rejects when the origin does not answer, and
   * goes on all the same.
   */
  async resume(): Promise<void> {
    try {
      this.#ids = await rowsOf(this.#options);
    } finally {
      this.change({});
      this.#isPaused = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** Sends what is due by now. The schedule does not wait for answers. */
  #tick(): void {
    if (this.#closed) return;
    const { clock } = this.#options.session;
    const { readsPerSecond, writesPerSecond } = this.#rates;
    const elapsedS = (clock.monotonicMs() - this.#sinceMs) / MS_PER_S;
    for (; this.#sent.reads < elapsedS * readsPerSecond; this.#sent.reads += 1) this.#send(() => this.#read());
    for (; this.#sent.writes < elapsedS * writesPerSecond; this.#sent.writes += 1) {
      const slot = this.#drawSlot();
      if (!this.#writesWait) this.#send(() => this.#update(slot));
    }
    this.#timer = clock.setTimer(TICK_MS, () => this.#tick());
  }

  #idOf(slot: number): number {
    const id = this.#ids[slot];
    if (id === undefined) throw new RangeError(`expected a slot below ${this.#ids.length}, got ${slot}`);
    return id;
  }

  async #update(slot: number): Promise<Written> {
    const { session, onEnded } = this.#options;
    this.#changes += 1;
    const startMs = session.t();
    const id = this.#idOf(slot);
    const { version } = await session.clients.update(id, { body: `change ${this.#changes}` });
    const key = contentKey(id);
    onEnded({ kind: 'update', slot: slugOf(slot), key, startMs, endMs: session.t(), outcome: 'ok', version });
    return { key, version };
  }

  async #read(): Promise<void> {
    const { world } = this.#options.session;
    this.#reads += 1;
    const region = world.regions[this.#reads % world.regions.length];
    if (region !== undefined) await this.#readIn(region, this.#drawSlot());
  }

  async #readIn({ region }: WorldRegion, slot: number): Promise<void> {
    const { session, onEnded } = this.#options;
    const startMs = session.t();
    const id = this.#idOf(slot);
    const cell = { kind: 'read', region, slot: slugOf(slot), key: contentKey(id), final: false, startMs } as const;
    try {
      const { version, found, source, status } = await session.clients.edge(region).read(id);
      onEnded({ ...cell, endMs: session.t(), outcome: 'ok', version, found, source, status });
    } catch (error) {
      onEnded({ ...cell, endMs: session.t(), outcome: 'fail', error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What fails shows in the figures of the regions; the load goes on. */
  #send(request: () => Promise<unknown>): void {
    if (!this.#isPaused && this.#underWay < UNDER_WAY_MAX) this.#counted(request).catch(() => {});
  }

  async #counted<T>(request: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await request();
    } finally {
      this.#underWay -= 1;
    }
  }
}

/**
 * Its rows, by slot. A run makes the same rows by operations that its checks judge; here nothing judges how a row was
 * made.
 */
function rowsOf({ session: { clients }, keys }: SteadyLoadOptions, answered?: () => void): Promise<readonly number[]> {
  return rowsNamed(
    clients,
    Array.from({ length: keys }, (_, slot) => slugOf(slot)),
    answered,
  );
}
