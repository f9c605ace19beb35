/**
 * The interface of a fault: one file each, one table. What belongs to a fault is in one object, so that none of it can
 * be forgotten: where it is allowed, how it is injected and healed, and the evidence that it took effect and is gone.
 */
import type { Backend, World } from '../worlds/world.ts';

export type Effect = 'confirmed' | 'unconfirmed';

export interface FaultSpec {
  readonly id: string;
  readonly fault: string;
  readonly target: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** A fault in force. */
export interface InjectedFault {
  readonly spec: FaultSpec;
  /** Evidence from the world itself that the fault has taken effect; never assumed. */
  verify(signal: AbortSignal): Promise<Effect>;
  /** Removes the fault and resolves once it is gone. Safe to call twice. */
  heal(): Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** One sentence: what it does to its target. */
  readonly about: string;
  readonly backends: readonly Backend[];
  /** Why this target or these parameters are not allowed; undefined when they are. */
  refusal(spec: FaultSpec): string | undefined;
  inject(world: World, spec: FaultSpec): Promise<InjectedFault>;
  /** How long after the heal its after-effects are excused, in ms. */
  readonly recoveryAllowanceMs: number;
}
