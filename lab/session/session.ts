/**
 * A world that somebody drives: with its clients, the faults in force on it, and whatever writes down what goes on. A
 * run is a session with a plan and an end; the terminal is a session with a steady load and a sliding window, in which
 * runs may take place.
 *
 * There is one set of faults in a session, whoever injects them; there may be several who write down.
 */
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { ActiveFaults, type FaultChange, type FaultInForce } from '../faults/active-faults.ts';
import type { FaultOrder } from '../faults/fault.ts';
import type { Clients } from '../system/clients.ts';
import type { World } from '../worlds/world.ts';

export interface SessionOptions {
  readonly world: World;
  readonly clock: Clock;
  /** Draws what `one` and `majority` mean. */
  readonly random: Random;
  /** Monotonic time that its `t` counts from. */
  readonly startedAt: number;
}

export interface Timing {
  /** Healed so long after it acted; left out: when somebody heals it. */
  readonly forMs?: number | undefined;
  /** Aborted, it is healed at once. */
  readonly signal?: AbortSignal;
}

export interface Injected {
  readonly inForce: readonly FaultInForce[];
  /** Resolves when what has a time was healed at its time; at once where nothing has. */
  readonly healed: Promise<unknown>;
}

/** undefined: nothing changed but when something is healed by itself. */
export type FaultListener = (change: FaultChange | undefined) => void;

interface End {
  readonly atMs: number;
  /** Aborted when its heal has begun. */
  readonly isHealing: AbortController;
}

/**
 * Why a wait ends, for signals that nobody else hears: without a reason each would make an exception, with its stack.
 */
const OVER = 'over';

export class Session {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly faults: ActiveFaults;
  /** When a fault ends by itself, by its id. */
  readonly #ends = new Map<string, End>();
  /** What was asked for, of each that was injected here, by its id. */
  readonly #orders = new Map<string, FaultOrder>();
  readonly #listeners = new Set<FaultListener>();
  readonly #ended = new AbortController();

  constructor({ world, clock, random, startedAt }: SessionOptions) {
    this.world = world;
    this.clients = world.openClients();
    this.clock = clock;
    this.startedAt = startedAt;
    const onChange = (change: FaultChange) => this.#onChange(change);
    this.faults = new ActiveFaults({ world, clients: this.clients, clock, random, t: () => this.t(), onChange });
  }

  /** ms since its start. */
  t(): number {
    return this.clock.monotonicMs() - this.startedAt;
  }

  /** Hears of every fault from now on. Answers how to stop listening. */
  onFault(listener: FaultListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Rejects as `ActiveFaults.inject` does. */
  async inject(order: FaultOrder, { forMs, signal }: Timing = {}): Promise<Injected> {
    const inForce = await this.faults.inject(order);
    for (const { spec } of inForce) this.#orders.set(spec.id, { ...order, target: spec.target.text });
    if (forMs === undefined) return { inForce, healed: Promise.resolve() };
    const healed = Promise.all(inForce.map((fault) => this.#healAt(fault, fault.injectedMs + forMs, signal)));
    this.#tell(undefined);
    return { inForce, healed };
  }

  /** What injects the same once more; undefined: it was not injected here, or is gone. */
  orderOf(id: string): FaultOrder | undefined {
    return this.#orders.get(id);
  }

  /** When a fault is healed by itself, ms since the start; undefined: when somebody heals it. */
  endsMs(id: string): number | undefined {
    return this.#ends.get(id)?.atMs;
  }

  /** Heals what should have been healed by now: a program that was stopped ran no timers. */
  async healDue(): Promise<void> {
    const due = [...this.#ends].filter(([, { atMs }]) => atMs <= this.t());
    await Promise.all(due.map(([id]) => this.faults.heal(id)));
  }

  /** Nothing is injected any more, and everything is healed. Answers what could not be. */
  async healForGood(): Promise<readonly string[]> {
    this.#ended.abort(OVER);
    await this.faults.end();
    return this.faults.healAll();
  }

  /** Its faults are healed, or their world is lost. */
  async close(): Promise<void> {
    this.#ended.abort(OVER);
    await this.clients.close();
  }

  async #healAt({ spec: { id } }: FaultInForce, atMs: number, signal?: AbortSignal): Promise<void> {
    const isHealing = new AbortController();
    this.#ends.set(id, { atMs, isHealing });
    const signals = [isHealing.signal, this.#ended.signal, ...(signal === undefined ? [] : [signal])];
    await sleep(this.clock, Math.max(0, atMs - this.t()), AbortSignal.any(signals));
    if (!this.#ended.signal.aborted) await this.faults.heal(id);
  }

  #onChange(change: FaultChange): void {
    const { id } = change.spec;
    if (change.event === 'healing' || change.event === 'healed') this.#ends.get(id)?.isHealing.abort(OVER);
    if (change.event === 'healed' && change.effect === 'confirmed') {
      this.#ends.delete(id);
      this.#orders.delete(id);
    }
    this.#tell(change);
  }

  #tell(change: FaultChange | undefined): void {
    for (const listener of this.#listeners) listener(change);
  }
}
