/**
 * The faults in force on a world: registered, injected, verified in effect, healed, verified gone.
 *
 * A fault:  preparing -> injecting -> inForce -> healing -> gone
 * It is registered before anything is done: what would undo it is written first, then the fault is told, then it acts. From then on
 * it counts as in force until it is seen gone, whatever became of the act: one that failed half way is healed like any other.
 * What is not seen gone in time stays listed, so that a run can end with the names of what it may have left behind, and is asked
 * about once a second: the moment of its end is when the world shows it.
 *
 * While everything is healed the door is closed: nothing new is injected, and what is on its way is waited for first.
 */
import { sleep } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { type Effect, type Fault, type FaultContext, type FaultSpec, HEAL_SEEN_MS_MAX, type PreparedFault } from './fault.ts';
import { type FaultOrder, isConflict, type Resolved, resolveOrder } from './order.ts';

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
  /** `injecting` before it acts, `injected` once its effect was seen or not, `healed` once it was seen gone or not: that, later, too. */
  readonly event: 'injecting' | 'injected' | 'healing' | 'healed';
  /** ms, on the run's clock; of an effect that was seen: when the look began that showed it. */
  readonly atMs: number;
}

export interface ActiveFaultsOptions extends FaultContext {
  /** Draws what `one` and `majority` mean. */
  readonly random: Random;
  /** ms on the run's clock. */
  readonly t: () => number;
  readonly onChange: (change: FaultChange) => void;
}

interface Active {
  readonly spec: FaultSpec;
  readonly fault: Fault;
  injectedMs: number;
  effect: Effect;
  state: FaultInForce['state'];
  /** undefined until it is prepared: then nothing has been done and nobody was told. */
  prepared: PreparedFault | undefined;
  /** Of its act. */
  act: 'under way' | 'done' | 'failed';
  /** Settles when it has acted and its effect was seen or given up. Rejects when it could not be prepared or could not act. */
  injection: Promise<void>;
  healing: Promise<boolean> | undefined;
  /** Somebody asks whether it is gone though nobody waits for that. */
  isWatched: boolean;
}

const EFFECT_MS_MAX = 4_000;
const POLL_MS = 50;
const WATCH_MS = 1_000;

export class ActiveFaults {
  readonly #options: ActiveFaultsOptions;
  readonly #active = new Map<string, Active>();
  #count = 0;
  /** How many are healing everything; infinite once the faults are over. */
  #closers = 0;

  constructor(options: ActiveFaultsOptions) {
    this.#options = options;
  }

  /** Oldest first; from when it is about to act. */
  get inForce(): readonly FaultInForce[] {
    return [...this.#active.values()].filter(({ prepared }) => prepared !== undefined).map(toInForce);
  }

  /**
   * Resolves when each target has the fault and the world has shown its effect, or has not within 4 s. An instant fault is
   * gone again by then. Throws InvalidInput for an order that cannot be, also while everything is healed; WorldFailed when the
   * world could not do it at every target: then it is healed where it could.
   */
  async inject(order: FaultOrder): Promise<readonly FaultInForce[]> {
    const { fault, specs } = resolveOrder(order, { ...this.#options, isFree: (spec) => this.#conflict(spec) === undefined });
    await this.#untilFree(specs);
    if (this.#closers > 0) throw this.#closed(order.fault, order.target);
    for (const spec of specs) this.#refuseConflict(spec);
    const registered = specs.map((spec) => this.#register(fault, spec));
    const ended = await Promise.allSettled(registered.map(({ injection }) => injection));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined || !fault.lasts) await Promise.all(registered.map(({ spec }) => this.heal(spec.id)));
    if (failed !== undefined) throw failed.reason;
    return registered.map(toInForce);
  }

  /** Resolves when it is seen gone, or when that is given up: see `inForce` then. Nothing when it is not there. */
  async heal(id: string): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    active.healing ??= this.#healOne(active).finally(() => {
      active.healing = undefined;
    });
    await active.healing;
  }

  /** Everything, the newest first, once what is being injected is done; meanwhile nothing new is. Answers what could not be healed. */
  async healAll(): Promise<readonly string[]> {
    this.#closers += 1;
    try {
      await this.#settled();
      await Promise.all([...this.#active.keys()].reverse().map((id) => this.heal(id)));
      return this.inForce.map(({ says }) => says);
    } finally {
      this.#closers -= 1;
    }
  }

  /** Nothing is injected any more. Resolves when nothing is on its way. What is in force stays so until it is healed. */
  async end(): Promise<void> {
    this.#closers = Number.POSITIVE_INFINITY;
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.allSettled([...this.#active.values()].map(({ injection }) => injection));
  }

  #conflict(spec: Pick<Resolved, 'fault' | 'target'>): Active | undefined {
    return [...this.#active.values()].find((active) => isConflict(active.spec, spec));
  }

  /** One that is being healed is not in force much longer. */
  async #untilFree(specs: readonly Resolved[]): Promise<void> {
    await Promise.all(specs.map((spec) => this.#conflict(spec)?.healing));
  }

  #closed(fault: string, target: string): InvalidInput {
    return new InvalidInput(`${fault} ${target}: everything is being healed, nothing is injected meanwhile`);
  }

  #refuseConflict(spec: Resolved): void {
    const other = this.#conflict(spec);
    if (other === undefined) return;
    const { fault, id } = other.spec;
    throw new InvalidInput(`${spec.fault} ${spec.target.text}: ${fault} is in force there already (${id}); heal it first`);
  }

  #register(fault: Fault, resolved: Resolved): Active {
    this.#count += 1;
    const active: Active = {
      spec: { ...resolved, id: `f${this.#count}` },
      fault,
      injectedMs: this.#options.t(),
      effect: 'unconfirmed',
      state: 'injecting',
      prepared: undefined,
      act: 'under way',
      injection: Promise.resolve(),
      healing: undefined,
      isWatched: false,
    };
    this.#active.set(active.spec.id, active);
    active.injection = this.#injectOne(active);
    return active;
  }

  async #injectOne(active: Active): Promise<void> {
    const { spec, fault } = active;
    try {
      active.prepared = await fault.prepare(this.#options, spec);
    } catch (error) {
      this.#active.delete(spec.id);
      throw error;
    }
    if (this.#closers > 0) await this.#cancel(active, active.prepared);
    active.injectedMs = this.#options.t();
    this.#tell(active, 'injecting');
    const acted = active.prepared.act().then(
      () => {
        active.act = 'done';
      },
      (error: unknown) => {
        active.act = 'failed';
        throw error;
      },
    );
    const [ended] = await Promise.allSettled([acted, this.#verify(active, active.prepared)]);
    if (ended.status === 'rejected') throw ended.reason;
  }

  /** The door was closed while it was prepared: what was written is struck out, and nobody hears of it. */
  async #cancel({ spec }: Active, prepared: PreparedFault): Promise<never> {
    await prepared.heal();
    this.#active.delete(spec.id);
    throw this.#closed(spec.fault, spec.target.text);
  }

  /** Looks from when it begins to act: what takes long to inject may have its effect long before that is over. */
  async #verify(active: Active, prepared: PreparedFault): Promise<void> {
    const seenMs = await this.#whenSeen(active, prepared);
    active.effect = seenMs === undefined ? 'unconfirmed' : 'confirmed';
    active.state = 'inForce';
    this.#tell(active, 'injected', seenMs);
  }

  /** When the look began that showed its effect; undefined when none did within its time after the act. */
  async #whenSeen(active: Active, prepared: PreparedFault): Promise<number | undefined> {
    const { clock, t } = this.#options;
    for (let actedMs: number | undefined; ; await sleep(clock, POLL_MS)) {
      const lookedMs = t();
      if (await prepared.isInEffect().catch(() => false)) return lookedMs;
      if (active.act === 'failed') return undefined;
      if (active.act === 'done') actedMs ??= lookedMs;
      const isOver = actedMs !== undefined && (t() - actedMs > EFFECT_MS_MAX || active.healing !== undefined || this.#closers > 0);
      if (isOver) return undefined;
    }
  }

  /** Whether it was seen gone. */
  async #healOne(active: Active): Promise<boolean> {
    await active.injection.catch(() => {});
    const { prepared } = active;
    if (prepared === undefined || !this.#active.has(active.spec.id)) return true;
    active.state = 'healing';
    this.#tell(active, 'healing');
    const isGone = await this.#untilGone(prepared);
    if (isGone) this.#forget(active);
    else {
      active.state = 'inForce';
      this.#tell(active, 'healed', undefined, 'unconfirmed');
      void this.#watch(active, prepared);
    }
    return isGone;
  }

  /** A heal that could not be done is tried again: what it needs may be on its way back, too. */
  async #untilGone(prepared: PreparedFault): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.monotonicMs() + HEAL_SEEN_MS_MAX;
    for (let isHealed = false; ; await sleep(clock, POLL_MS)) {
      isHealed ||= await prepared.heal().then(
        () => true,
        () => false,
      );
      if (isHealed && (await prepared.isGone().catch(() => false))) return true;
      if (clock.monotonicMs() > deadline) return false;
    }
  }

  /** Until it is seen gone after all, by whoever heals it, or the faults are over. */
  async #watch(active: Active, prepared: PreparedFault): Promise<void> {
    if (active.isWatched) return;
    active.isWatched = true;
    while (this.#active.has(active.spec.id) && Number.isFinite(this.#closers)) {
      const isGone = active.healing === undefined && (await prepared.isGone().catch(() => false));
      if (isGone && active.healing === undefined) this.#forget(active);
      else await sleep(this.#options.clock, WATCH_MS);
    }
    active.isWatched = false;
  }

  #forget(active: Active): void {
    if (!this.#active.delete(active.spec.id)) return;
    active.state = 'inForce';
    this.#tell(active, 'healed', undefined, 'confirmed');
  }

  #tell(active: Active, event: FaultChange['event'], atMs = this.#options.t(), effect = active.effect): void {
    this.#options.onChange({ ...toInForce(active), effect, event, atMs });
  }
}

function toInForce({ spec, fault, injectedMs, effect, state }: Active): FaultInForce {
  return { spec, fault, says: fault.describe(spec), injectedMs, effect, state };
}
