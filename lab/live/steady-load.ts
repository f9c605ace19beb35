/** An unending load on rows of its own: reads in every region in turn and a write now and then, at fixed rates, answered or not. */
import { contentKey } from '../../services/protocol/content.ts';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import type { Clients } from '../clients.ts';
import { slugOf } from '../load/slots.ts';
import { createZipf } from '../load/zipf.ts';
import type { World } from '../worlds/world.ts';

export interface SteadyLoadOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
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
  readonly #ids: readonly number[];
  readonly #startedMs: number;
  readonly #sent = { reads: 0, writes: 0 };
  #timer: Timer | undefined;
  #underWay = 0;
  #changes = 0;
  #closed = false;

  private constructor(options: SteadyLoadOptions, ids: readonly number[]) {
    this.#options = options;
    this.#ids = ids;
    this.#drawSlot = createZipf(ids.length, SKEW, options.random.fork('slots'));
    this.#startedMs = options.clock.monotonicMs();
    this.#tick();
  }

  /** Makes its rows `lab-0` … where they are not there yet. */
  static async start(options: SteadyLoadOptions): Promise<SteadyLoad> {
    const existing = new Map((await options.clients.list()).map(({ slug, id }) => [slug, id]));
    const ids: number[] = [];
    for (let slot = 0; slot < options.keys; slot += 1) {
      const slug = slugOf(slot);
      ids.push(existing.get(slug) ?? (await options.clients.create({ slug, title: slug, body: 'made by the lab', tags: ['lab'] })).id);
    }
    return new SteadyLoad(options, ids);
  }

  /** Changes that many contents at once, the hottest first. Rejects when one of them could not be changed. */
  write(count: number): Promise<readonly Written[]> {
    return Promise.all(Array.from({ length: count }, (_, at) => this.#update(this.#idOf(at % this.#ids.length))));
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  /** Sends what is due by now. The schedule does not wait for answers. */
  #tick(): void {
    if (this.#closed) return;
    const { clock, readsPerSecond, writesPerSecond } = this.#options;
    const elapsedS = (clock.monotonicMs() - this.#startedMs) / MS_PER_S;
    for (; this.#sent.reads < elapsedS * readsPerSecond; this.#sent.reads += 1) this.#send(() => this.#read(this.#sent.reads));
    for (; this.#sent.writes < elapsedS * writesPerSecond; this.#sent.writes += 1)
      this.#send(() => this.#update(this.#idOf(this.#drawSlot())));
    this.#timer = clock.setTimer(TICK_MS, () => this.#tick());
  }

  #idOf(slot: number): number {
    const id = this.#ids[slot];
    if (id === undefined) throw new RangeError(`expected a slot below ${this.#ids.length}, got ${slot}`);
    return id;
  }

  async #update(id: number): Promise<Written> {
    this.#changes += 1;
    const { version } = await this.#options.clients.update(id, { body: `change ${this.#changes}` });
    return { key: contentKey(id), version };
  }

  async #read(count: number): Promise<void> {
    const { clients, world } = this.#options;
    const region = world.regions[count % world.regions.length];
    if (region !== undefined) await clients.read(region.url, this.#idOf(this.#drawSlot()));
  }

  /** What fails shows in the figures of the regions; the load goes on. */
  #send(request: () => Promise<unknown>): void {
    if (this.#underWay >= UNDER_WAY_MAX) return;
    this.#underWay += 1;
    const ended = () => {
      this.#underWay -= 1;
    };
    request().then(ended, ended);
  }
}
