/**
 * The faults in force on a world: registered, injected, verified in effect, healed, verified gone. What becomes of each
 * is `FaultLife`.
 *
 * While everything is healed the door is closed: nothing new is injected, and what is on its way is waited for first.
 * What is not seen gone in time stays listed, so that a run can end with the names of what it may have left behind.
 */
import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import type { Fault, FaultContext, FaultOrder } from './fault.ts';
import { type Door, type FaultChange, type FaultInForce, FaultLife, refusedAt } from './fault-life.ts';
import { isConflict, type Resolved, resolveOrder } from './order.ts';

export type { FaultChange, FaultInForce } from './fault-life.ts';

export interface ActiveFaultsOptions extends FaultContext {
  /** Draws what `one` and `majority` mean. */
  readonly random: Random;
  /** ms on the run's clock. */
  readonly t: () => number;
  readonly onChange: (change: FaultChange) => void;
}

export class ActiveFaults {
  readonly #options: ActiveFaultsOptions;
  /** By their ids, oldest first. */
  readonly #lives = new Map<string, FaultLife>();
  #count = 0;
  /** How many are healing everything. */
  #closers = 0;
  #isLocked = false;

  constructor(options: ActiveFaultsOptions) {
    this.#options = options;
  }

  /** Oldest first; from when it is about to act. */
  get inForce(): readonly FaultInForce[] {
    return [...this.#lives.values()].filter(({ hasBegun }) => hasBegun).map(({ inForce }) => inForce);
  }

  /**
   * Resolves when each target has the fault and the world has shown its effect, or has not within 4 s. An instant fault
   * is gone again by then. Throws InvalidInput for an order that cannot be, also while everything is healed;
   * WorldFailed when the world could not do it at every target: then it is healed where it could.
   */
  async inject(order: FaultOrder): Promise<readonly FaultInForce[]> {
    const { fault, specs } = resolveOrder(order, { ...this.#options, isFree: (spec) => this.#conflict(spec) === undefined });
    // One that is being healed is not in force much longer.
    await Promise.all(specs.map((spec) => this.#conflict(spec)?.healing));
    const door = this.#door();
    if (door !== 'open') throw refusedAt(door, order.fault, order.target);
    for (const spec of specs) this.#refuseConflict(spec);
    const lives = specs.map((spec) => this.#register(fault, spec));
    const ended = await Promise.allSettled(lives.map(({ injection }) => injection));
    const failed = ended.find((one) => one.status === 'rejected');
    if (failed !== undefined || !fault.lasts) await Promise.all(lives.map((life) => life.heal()));
    if (failed !== undefined) throw failed.reason;
    return lives.map(({ inForce }) => inForce);
  }

  /** Resolves when it is seen gone, or when that is given up: see `inForce` then. Nothing when it is not there. */
  async heal(id: string): Promise<void> {
    await this.#lives.get(id)?.heal();
  }

  /**
   * Everything, the newest first, once what is being injected is done; meanwhile nothing new is. Answers what could not
   * be healed.
   */
  async healAll(): Promise<readonly string[]> {
    this.#closers += 1;
    try {
      await this.#settled();
      await Promise.all([...this.#lives.values()].reverse().map((life) => life.heal()));
      return this.inForce.map(({ says }) => says);
    } finally {
      this.#closers -= 1;
    }
  }

  /**
   * Nothing is injected any more. Resolves when nothing is on its way. What is in force stays so until it is healed.
   */
  async end(): Promise<void> {
    this.#isLocked = true;
    await this.#settled();
  }

  async #settled(): Promise<void> {
    await Promise.allSettled([...this.#lives.values()].map(({ injection }) => injection));
  }

  #door(): Door {
    if (this.#isLocked) return 'locked';
    return this.#closers > 0 ? 'closed' : 'open';
  }

  #conflict(spec: Pick<Resolved, 'fault' | 'target'>): FaultLife | undefined {
    return [...this.#lives.values()].find((life) => isConflict(life.spec, spec));
  }

  #refuseConflict(spec: Resolved): void {
    const other = this.#conflict(spec);
    if (other === undefined) return;
    const { fault, target, id } = other.spec;
    const where = target.text === spec.target.text ? 'there already' : `at ${target.text}`;
    throw new InvalidInput(`${spec.fault} ${spec.target.text}: ${fault} is in force ${where} (${id}); heal it first`);
  }

  #register(fault: Fault, resolved: Resolved): FaultLife {
    this.#count += 1;
    const id = `f${this.#count}`;
    const life = new FaultLife(
      fault,
      { ...resolved, id },
      {
        context: this.#options,
        t: this.#options.t,
        onChange: this.#options.onChange,
        onOver: () => void this.#lives.delete(id),
        door: () => this.#door(),
      },
    );
    this.#lives.set(id, life);
    return life;
  }
}
