/**
 * The faults in force on a world: injected, verified in effect, healed, verified gone.
 *
 * A fault:  injecting -> inForce -> healing -> healed | left
 * It counts as in force from before it is injected until it is seen gone. What could not be healed is `left`: it stays
 * listed, so that the run can end with the names of what it may have left behind.
 */
import { sleep } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import type { Effect, Fault, FaultContext, FaultSpec, InjectedFault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { resolveTarget } from './target.ts';
import { faultProblems } from './written-fault.ts';

/** A fault as asked for: parameters as a scenario file or a command line writes them. */
export interface FaultOrder {
  readonly fault: string;
  /** May name several targets: `edge:*`. */
  readonly target: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface FaultInForce {
  readonly spec: FaultSpec;
  readonly fault: Fault;
  /** In a few words. */
  readonly says: string;
  /** ms, on the run's clock: just before it was injected. */
  readonly injectedMs: number;
  readonly effect: Effect;
  readonly state: 'injecting' | 'inForce' | 'healing';
}

export interface FaultChange extends FaultInForce {
  /** `injected` once its effect was seen or not, `healed` once it was seen gone or not. */
  readonly event: 'injecting' | 'injected' | 'healing' | 'healed';
  /** ms, on the run's clock. */
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
  readonly injectedMs: number;
  readonly injected: InjectedFault;
  effect: Effect;
  state: FaultInForce['state'];
  verified: Promise<void>;
  healing: Promise<void> | undefined;
}

const EFFECT_MS_MAX = 4_000;
const GONE_MS_MAX = 15_000;
const POLL_MS = 50;
/** Faults that put a node into another state: one at a time. */
const NODE_STATES: readonly string[] = ['pause', 'kill', 'restart'];

/** What an order means in this world, checked. Throws InvalidInput. */
function resolveOrder(
  { fault: name, target, parameters }: FaultOrder,
  { world, random }: Pick<ActiveFaultsOptions, 'world' | 'random'>,
): { readonly fault: Fault; readonly specs: readonly Omit<FaultSpec, 'id'>[] } {
  const [problem] = faultProblems({ fault: name, target, hasFor: false, parameters });
  const fault = FAULTS.get(name);
  if (problem !== undefined || fault === undefined)
    throw new InvalidInput(`${[name, ...(problem?.path ?? [])].map(String).join(': ')}: ${problem?.message ?? 'no such fault'}`);
  if (!fault.backends.includes(world.backend))
    throw new InvalidInput(`${name} cannot be injected in the ${world.backend} world, only in ${fault.backends.join(', ')}`);
  const regions = world.regions.map(({ region }) => region);
  const parsed = fault.parameters.parse(parameters);
  return { fault, specs: resolveTarget(target, regions, random).map((found) => ({ fault: name, target: found, parameters: parsed })) };
}

export class ActiveFaults {
  readonly #options: ActiveFaultsOptions;
  readonly #active = new Map<string, Active>();
  #count = 0;

  constructor(options: ActiveFaultsOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get inForce(): readonly FaultInForce[] {
    return [...this.#active.values()].map(toInForce);
  }

  /**
   * Resolves when each target has the fault and the world has shown its effect, or has not within 4 s. An instant fault is
   * gone again by then. Throws InvalidInput for an order that cannot be, WorldFailed when the world could not do it.
   */
  async inject(order: FaultOrder): Promise<readonly FaultInForce[]> {
    const { fault, specs } = resolveOrder(order, this.#options);
    for (const spec of specs) this.#refuseConflict(spec);
    const injected = await Promise.all(specs.map((spec) => this.#injectOne(fault, spec)));
    await Promise.all(injected.map((active) => active.verified));
    if (!fault.lasts) await Promise.all(injected.map(({ spec }) => this.heal(spec.id)));
    return injected.map(toInForce);
  }

  /** Resolves when it is seen gone, or when that is given up: see `inForce` then. Nothing when it is not there. */
  async heal(id: string): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    active.healing ??= this.#healOne(active);
    await active.healing;
  }

  /** Everything, the newest first. Answers what could not be healed. */
  async healAll(): Promise<readonly string[]> {
    await Promise.all([...this.#active.keys()].reverse().map((id) => this.heal(id)));
    return this.inForce.map(({ says }) => says);
  }

  #refuseConflict({ fault, target }: Omit<FaultSpec, 'id'>): void {
    const isState = NODE_STATES.includes(fault);
    const other = [...this.#active.values()].find(
      ({ spec }) => spec.target.text === target.text && (spec.fault === fault || (isState && NODE_STATES.includes(spec.fault))),
    );
    if (other !== undefined)
      throw new InvalidInput(`${fault} ${target.text}: ${other.spec.fault} is in force there already (${other.spec.id}); heal it first`);
  }

  async #injectOne(fault: Fault, resolved: Omit<FaultSpec, 'id'>): Promise<Active> {
    this.#count += 1;
    const spec = { ...resolved, id: `f${this.#count}` };
    const injectedMs = this.#options.t();
    const injected = await fault.inject(this.#options, spec);
    const active: Active = {
      spec,
      fault,
      injectedMs,
      injected,
      effect: 'unconfirmed',
      state: 'injecting',
      verified: Promise.resolve(),
      healing: undefined,
    };
    this.#active.set(spec.id, active);
    this.#tell(active, 'injecting');
    active.verified = this.#verify(active);
    return active;
  }

  async #verify(active: Active): Promise<void> {
    const seen = await this.#until(
      () => active.injected.isInEffect(),
      EFFECT_MS_MAX,
      () => active.healing !== undefined,
    );
    active.effect = seen ? 'confirmed' : 'unconfirmed';
    active.state = 'inForce';
    this.#tell(active, 'injected');
  }

  async #healOne(active: Active): Promise<void> {
    await active.verified;
    active.state = 'healing';
    this.#tell(active, 'healing');
    const isGone = await active.injected.heal().then(
      () => this.#until(() => active.injected.isGone(), GONE_MS_MAX),
      () => false,
    );
    if (isGone) this.#active.delete(active.spec.id);
    else active.healing = undefined;
    active.state = 'inForce';
    this.#tell(active, 'healed', isGone ? 'confirmed' : 'unconfirmed');
  }

  #tell(active: Active, event: FaultChange['event'], effect = active.effect): void {
    this.#options.onChange({ ...toInForce(active), effect, event, atMs: this.#options.t() });
  }

  /** Whether it holds within the time. A question that cannot be answered is not answered with yes. */
  async #until(holds: () => Promise<boolean>, withinMs: number, isOver = () => false): Promise<boolean> {
    const { clock } = this.#options;
    const deadline = clock.monotonicMs() + withinMs;
    while (!(await holds().catch(() => false))) {
      if (clock.monotonicMs() > deadline || isOver()) return false;
      await sleep(clock, POLL_MS);
    }
    return true;
  }
}

function toInForce({ spec, fault, injectedMs, effect, state }: Active): FaultInForce {
  return { spec, fault, says: fault.describe(spec), injectedMs, effect, state };
}
