/**
 * Experiments that hold the load while they last: one at a time, and none while a scenario runs. What comes of each is
 * told.
 */
import { InvalidInput } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { traceWrite } from '../trace/trace.ts';
import type { Catalogue } from './catalogue.ts';
import { race, stampede } from './lessons.ts';
import type { Commands, LiveEvent, Told } from './protocol.ts';
import type { SteadyLoad } from './steady-load.ts';

export interface ExperimentsOptions {
  readonly catalogue: Catalogue;
  readonly session: Session;
  readonly load: SteadyLoad;
  readonly signal: AbortSignal;
  readonly tell: (event: Told<LiveEvent>) => void;
}

export class Experiments {
  readonly #options: ExperimentsOptions;
  #underWay: 'a trace' | 'a stampede' | undefined;
  #isRacing = false;

  constructor(options: ExperimentsOptions) {
    this.#options = options;
  }

  /** What holds the load now. */
  get underWay(): string | undefined {
    return this.#underWay;
  }

  /** Of several asked for at once, the first. */
  async trace(id: number): Promise<void> {
    if (this.#underWay !== undefined) return;
    const { session, load, signal, tell } = this.#options;
    const { world, clients, clock } = session;
    this.#underWay = 'a trace';
    load.holdWrites(true);
    tell({ type: 'trace-begun', id });
    try {
      const trace = await traceWrite({ world, clients, clock, id, signal });
      tell({ type: 'traced', trace });
    } catch (error) {
      tell({ type: 'trace-failed', why: error instanceof Error ? error.message : String(error) });
    } finally {
      load.holdWrites(false);
      this.#underWay = undefined;
    }
  }

  async stampede({ region, readers }: Commands['stampede']): Promise<void> {
    if (this.#underWay !== undefined) throw new InvalidInput(`${this.#underWay} is under way: try again after its end`);
    const { session, load, signal, tell } = this.#options;
    const { world, clients, clock } = session;
    this.#underWay = 'a stampede';
    try {
      await load.pause();
      tell({ type: 'stampeded', stampede: await stampede({ world, clients, clock, region, readers, id: load.hottest, signal }) });
    } finally {
      await load.resume();
      this.#underWay = undefined;
    }
  }

  /** In virtual time: it holds nothing. Of several asked for at once, the first. */
  async race(): Promise<void> {
    if (this.#isRacing) return;
    const { catalogue, session, tell } = this.#options;
    this.#isRacing = true;
    try {
      tell({ type: 'raced', race: await race(catalogue, session.clock) });
    } finally {
      this.#isRacing = false;
    }
  }
}
