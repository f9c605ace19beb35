/**
 * The interface of a fault: one file each, one table. What belongs to a fault is in one object, so that none of it can
 * be forgotten: where it is allowed, how it is prepared, done and healed, and the evidence that it took effect and is gone.
 */
import type { z } from 'zod';
import type { Clock } from '../../services/runtime/clock.ts';
import type { Clients } from '../system/clients.ts';
import type { ConcreteTarget, TargetKind } from '../system/target.ts';
import type { Backend, World } from '../worlds/world.ts';
import type { Slowing } from './slowing.ts';

/** A heal that is seen later than that was not observed: nobody knows until when the fault was in effect. */
export const HEAL_SEEN_MS_MAX = 15_000;

export type Effect = 'confirmed' | 'unconfirmed';

/** One fault to inject at one target. Parameters are those of the fault's schema, parsed. */
export interface FaultSpec<Parameters = unknown> {
  /** `f1`, `f2`: in the order of injection. */
  readonly id: string;
  readonly fault: string;
  readonly target: ConcreteTarget;
  readonly parameters: Parameters;
}

/** What a fault acts on and looks at. */
export interface FaultContext {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
}

/** A fault that is ready to be injected: what would undo it is written down, and nothing is done yet. */
export interface PreparedFault {
  /** Does it, once. Rejects with WorldFailed when it could not, or only by half: then it is to be healed. */
  act(): Promise<void>;
  /**
   * Whether the world's own record says, now, that it is done: nothing passes any more, though whoever is stopped by it may notice
   * later. Left out: `isInEffect` is all there is.
   */
  isRecorded?(): Promise<boolean>;
  /** Whether the world shows, now, that it has taken effect. Asked from when it begins to act, and, where there is a record, once that says so. */
  isInEffect(): Promise<boolean>;
  /** Removes it, or what there is of it. Safe to call twice, and where it never acted. Rejects with WorldFailed when it could not. */
  heal(): Promise<void>;
  /** Whether the world shows, now, that it is gone. */
  isGone(): Promise<boolean>;
}

export interface Fault<Parameters = unknown> {
  readonly name: string;
  /** One sentence: what it does to its target. */
  readonly about: string;
  readonly backends: readonly Backend[];
  readonly targets: readonly TargetKind[];
  /** A strict object; values as a scenario file or a command line writes them. */
  readonly parameters: z.ZodType<Parameters>;
  /** An instant fault has no `for`: it is over when it has acted. */
  readonly lasts: boolean;
  /** How long after the heal its after-effects are excused at most, in ms: until the region says that it has caught up. */
  readonly recoveryAllowanceMs: number;
  /** By how much it delays what it does not stop. Left out: it stops what is on its way, or changes nothing there. */
  readonly slows?: (spec: FaultSpec<Parameters>) => Slowing;
  /** In a few words: `edge:eu-west is cut off from kafka`. */
  describe(spec: FaultSpec<Parameters>): string;
  /** Reads what it needs to know, then registers it with the world; what fails here has changed nothing. */
  prepare(context: FaultContext, spec: FaultSpec<Parameters>): Promise<PreparedFault>;
}
