/**
 * One fault on a world, from its registration to its end.
 *
 * States: preparing -> injecting -> inForce -> healing -> gone; healing -> inForce where it was not seen gone in time.
 * What would undo it is written first, then the fault is told, then it acts. From then on it counts as in force until
 * it is seen gone, whatever became of the act: one that failed half way is healed like any other. One that is withdrawn
 * before it acts is healed, too, for what was written must be struck out, and nobody hears of it.
 *
 * What is not seen gone in time is looked after once a second: a heal that could not be done is tried again, and the
 * moment of the fault's end is when the world shows it.
 */
import { sleep } from '../../services/runtime/clock.ts';
import { InvalidInput } from '../errors.ts';
import { type Effect, type Fault, type FaultContext, type FaultSpec, HEAL_SEEN_MS_MAX, type PreparedFault } from './fault.ts';

export interface FaultInForce {
  readonly spec: FaultSpec;
  readonly fault: Fault;
  /** In a few words. */
  readonly says: string;
  /** ms, on the run's clock: just before it acted. */
  readonly injectedMs: number;
  readonly effect: Effect;
  readonly state: 'injecting' | 'inForce' | 'healing';
}

export interface FaultChange extends FaultInForce {
  /**
   * `injecting` before it acts, `injected` once its effect was seen or not, `healed` once it was seen gone or not:
   * that, later, too.
   */
  readonly event: 'injecting' | 'injected' | 'healing' | 'healed';
  /**
   * ms, on the run's clock; of an effect that was seen: when the look began from which on the world has shown or
   * recorded it.
   */
  readonly atMs: number;
}

export interface FaultLifeOptions {
  readonly context: FaultContext;
  /** ms on the run's clock. */
  readonly t: () => number;
  readonly onChange: (change: FaultChange) => void;
  /** Called once, when it is over: it was seen gone, or never was. */
  readonly onOver: () => void;
  readonly door: () => Door;
}

/**
 * Of the faults of a world. `closed`: everything is being healed, nothing new is injected meanwhile. `locked`: nothing
 * is any more.
 */
export type Door = 'open' | 'closed' | 'locked';

export function refusedAt(door: Exclude<Door, 'open'>, fault: string, target: string): InvalidInput {
  const why = {
    closed: 'everything is being healed; try again when the heal is done',
    locked: 'the lab is ending and injects no more faults',
  };
  return new InvalidInput(`${fault} ${target}: ${why[door]}`);
}

const EFFECT_MS_MAX = 4_000;
const POLL_MS = 50;
const WATCH_MS = 1_000;

export class FaultLife {
  readonly spec: FaultSpec;
  readonly fault: Fault;
  /**
   * Settles when it has acted and its effect was seen or given up. Rejects when it could not be prepared or done, or
   * was withdrawn.
   */
  readonly injection: Promise<void>;
  readonly #options: FaultLifeOptions;
  #injectedMs: number;
  #effect: Effect = 'unconfirmed';
  #state: FaultInForce['state'] = 'injecting';
  /** undefined until it is prepared: then nothing has been done and nobody was told. */
  #prepared: PreparedFault | undefined;
  #act: 'none' | 'under way' | 'done' | 'failed' = 'none';
  #healing: Promise<boolean> | undefined;
  /** What undoes it was done since it was last asked for. */
  #isUndone = false;
  #isWatched = false;
  #isOver = false;

  constructor(fault: Fault, spec: FaultSpec, options: FaultLifeOptions) {
    this.fault = fault;
    this.spec = spec;
    this.#options = options;
    this.#injectedMs = options.t();
    this.injection = this.#inject();
  }

  /** From when something may have been done. */
  get hasBegun(): boolean {
    return this.#act !== 'none';
  }

  get healing(): Promise<boolean> | undefined {
    return this.#healing;
  }

  get inForce(): FaultInForce {
    const [spec, fault] = [this.spec, this.fault];
    return { spec, fault, says: fault.describe(spec), injectedMs: this.#injectedMs, effect: this.#effect, state: this.#state };
  }

  /** Once its injection has ended. Answers whether it was seen gone. */
  heal(): Promise<boolean> {
    this.#healing ??= this.#heal().finally(() => {
      this.#healing = undefined;
    });
    return this.#healing;
  }

  async #inject(): Promise<void> {
    const { context, t, door } = this.#options;
    try {
      this.#prepared = await this.fault.prepare(context, this.spec);
    } catch (error) {
      this.#end();
      throw error;
    }
    const found = door();
    if (found !== 'open') throw refusedAt(found, this.spec.fault, this.spec.target.text);
    this.#injectedMs = t();
    this.#act = 'under way';
    this.#tell('injecting');
    const acted = this.#prepared.act().then(
      () => {
        this.#act = 'done';
      },
      (error: unknown) => {
        this.#act = 'failed';
        throw error;
      },
    );
    const [ended] = await Promise.allSettled([acted, this.#verify(this.#prepared)]);
    if (ended.status === 'rejected') throw ended.reason;
  }

  /** Looks from when it begins to act: what takes long to inject may have its effect long before that is over. */
  async #verify(prepared: PreparedFault): Promise<void> {
    const seenMs = await this.#whenSeen(prepared);
    this.#effect = seenMs === undefined ? 'unconfirmed' : 'confirmed';
    this.#state = 'inForce';
    this.#tell('injected', seenMs);
  }

  /**
   * When the look began from which on the world recorded it, or showed its effect where it has no record of it;
   * undefined when its effect did not show within its time after the act.
   */
  async #whenSeen(prepared: PreparedFault): Promise<number | undefined> {
    const { context, t, door } = this.#options;
    let [actedMs, recordedMs]: (number | undefined)[] = [];
    for (; ; await sleep(context.clock, POLL_MS)) {
      const lookedMs = t();
      const act = this.#act;
      const isRecorded = (await prepared.isRecorded?.().catch(() => false)) ?? true;
      if (prepared.isRecorded !== undefined) recordedMs = isRecorded ? (recordedMs ?? lookedMs) : undefined;
      if (isRecorded && (await prepared.isInEffect().catch(() => false))) return recordedMs ?? lookedMs;
      if (act === 'failed') return undefined;
      if (act === 'done') actedMs ??= lookedMs;
      if (actedMs !== undefined && (t() - actedMs > EFFECT_MS_MAX || this.#healing !== undefined || door() !== 'open')) return undefined;
    }
  }

  async #heal(): Promise<boolean> {
    await this.injection.catch(() => {});
    const prepared = this.#prepared;
    if (prepared === undefined || this.#isOver) return true;
    this.#state = 'healing';
    this.#tell('healing');
    this.#isUndone = false;
    if (await this.#untilGone(prepared)) {
      this.#end();
      return true;
    }
    this.#state = 'inForce';
    this.#tell('healed', undefined, 'unconfirmed');
    void this.#watch(prepared);
    return false;
  }

  async #untilGone(prepared: PreparedFault): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.monotonicMs() + HEAL_SEEN_MS_MAX;
    while (!(await this.#isGone(prepared))) {
      if (this.#isOver) return true;
      if (clock.monotonicMs() > deadline) return false;
      await sleep(clock, POLL_MS);
    }
    return true;
  }

  /** A heal that could not be done is tried again first: what it needs may be on its way back, too. */
  async #isGone(prepared: PreparedFault): Promise<boolean> {
    this.#isUndone ||= await prepared.heal().then(
      () => true,
      () => false,
    );
    return this.#isUndone && (this.#act === 'none' || (await prepared.isGone().catch(() => false)));
  }

  /** Until it is seen gone after all, by whoever heals it, or nobody wants to know any more. */
  async #watch(prepared: PreparedFault): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    const isIdle = () => this.#healing === undefined && !this.#isOver;
    while (!this.#isOver && this.#options.door() !== 'locked') {
      if (isIdle() && (await this.#isGone(prepared)) && isIdle()) this.#end();
      else await sleep(this.#options.context.clock, WATCH_MS);
    }
    this.#isWatched = false;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onOver();
    this.#state = 'inForce';
    if (this.#prepared !== undefined) this.#tell('healed', undefined, 'confirmed');
  }

  /** Nothing of one that never acted. */
  #tell(event: FaultChange['event'], atMs = this.#options.t(), effect = this.#effect): void {
    if (this.#act !== 'none') this.#options.onChange({ ...this.inForce, effect, event, atMs });
  }
}
