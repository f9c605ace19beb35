/**
 * The interface of a fault: one file each, one table. What belongs to a fault is in one object, so that none of it can
 * be forgotten: where it is allowed, how it is prepared, done and healed, and the evidence that it took effect and is
 * gone.
 */
import type { z } from 'zod';
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import type { Clients } from '../system/clients.ts';
import type { Mechanism } from '../system/mechanisms.ts';
import type { LinkKind, NodeKind } from '../system/parts.ts';
import type { ConcreteTarget, TargetKind } from '../system/target.ts';
import type { World } from '../worlds/world.ts';
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
   * Whether the world's own record says, now, that it is done: nothing passes any more, though whoever is stopped by it
   * may notice later. Left out: `isInEffect` is all there is.
   */
  isRecorded?(): Promise<boolean>;
  /**
   * Whether the world shows, now, that it has taken effect. Asked from when it begins to act, and, where there is a
   * record, once that says so.
   */
  isInEffect(): Promise<boolean>;
  /**
   * Removes it, or what there is of it. Safe to call twice, and where it never acted. Rejects with WorldFailed when it
   * could not.
   */
  heal(): Promise<void>;
  /** Whether the world shows, now, that it is gone. */
  isGone(): Promise<boolean>;
}

/** Parameters as a scenario file or a command line writes them. */
export interface FaultOrder {
  readonly fault: string;
  /** May name several targets: `edge:*`. */
  readonly target: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface DrawnFault extends FaultOrder {
  readonly lasts: boolean;
  /** Whose edge or cache must answer for it, or is changed by it: not two at once. */
  readonly region?: string;
}

export type FaultDraw = (random: Random, regions: readonly string[]) => DrawnFault;

/** The state that the map shows of a link or a node. */
export type BrokenState = 'cut' | 'slow' | 'paused' | 'down';

export interface Shown {
  /** One word, for where there is little room: `cut`. */
  readonly word: string;
  /** Of what it is aimed at; `cut` of a node: of all its links. Left out: that goes on as if nothing were. */
  readonly state?: BrokenState;
}

export interface Field {
  /** As a command line writes it. */
  readonly initial: string;
  /** Left out: it is typed. */
  readonly choices?: readonly string[];
}

export interface Fault<Parameters = unknown> {
  readonly name: string;
  /** One sentence: what it does to its target. */
  readonly about: string;
  /** What one sees of it in the tables of the regions, for whoever is about to inject it. */
  readonly toSee: string;
  readonly needs: readonly Mechanism[];
  readonly targets: readonly TargetKind[];
  /** Of a fault of links: which. Left out: any. */
  readonly links?: readonly LinkKind[];
  /** A strict object; values as a scenario file or a command line writes them. */
  readonly parameters: z.ZodType<Parameters>;
  /** An instant fault has no `for`: it is over when it has acted. */
  readonly lasts: boolean;
  /**
   * `path`: it stops what is on the way of an answer, and staleness meanwhile is no fault of the region's; or it slows
   * that. `nothing`: it changes what is right rather than breaks it: a changed delay is in the bound, and no answer
   * need be older for a flush. `stale-answers`: the edge knows, after a moment that `slows` tells, that what it serves
   * is old, and labels it so for as long as it lasts.
   */
  readonly excuses: 'path' | 'nothing' | 'stale-answers';
  /**
   * How long after the heal its after-effects are excused at most, in ms: until the region says that it has caught up.
   */
  readonly recoveryAllowanceMs: number;
  /** By how much it delays what it does not stop. Left out: it stops what is on its way, or changes nothing there. */
  readonly slows?: (spec: FaultSpec<Parameters>) => Slowing;
  /** It puts its node into another state: one such fault at a time. */
  readonly setsNodeState?: true;
  /**
   * Its node's process is another one after it: an edge knows that it has been away, and calls nothing fresh until it
   * has caught up.
   */
  readonly beginsAnew?: true;
  /** Its node stands still by it: what that node tells of its lateness is this fault's doing. */
  readonly freezes?: true;
  /**
   * To act it has to be answered by these nodes of its region: nothing that keeps one of them from it may be in force
   * then.
   */
  readonly asks?: readonly NodeKind[];
  /** It empties the cache it is aimed at: what was there is fetched again. */
  readonly emptiesCache?: true;
  /** What is lost by it and does not come back with the heal, in words: whoever injects it by hand is asked first. */
  readonly destroys?: string;
  /** How it is shown while it is in force. Left out: in the words of `describe`. */
  readonly shows?: Shown;
  /** For whoever fills in its parameters by hand, by their names. Each parameter has one. */
  readonly form: Readonly<Record<string, Field>>;
  /** How the swarm of a seed draws it, one for each kind of target that weighs by itself. Empty: it never does. */
  readonly draws: readonly FaultDraw[];
  /** In a few words: `edge:eu-west is cut off from kafka`. */
  describe(spec: FaultSpec<Parameters>): string;
  /** Reads what it needs to know, then registers it with the world; what fails here has changed nothing. */
  prepare(context: FaultContext, spec: FaultSpec<Parameters>): Promise<PreparedFault>;
}
