/**
 * How a race is played for somebody who looks on: each step is told as it comes, and the race asks before it goes on.
 * Without it a race runs as fast as it can.
 *
 * A race is made of turns: somebody does something, and what comes of it at once belongs to the same turn. Nothing may
 * depend on how long somebody thinks, so a turn waits only where no answer is held and nobody is about to look: a cache
 * gives up on an answer that takes too long (our own edge after two seconds), and what it has stored grows old.
 */
import type { RaceStep } from './steps.ts';

/** What a turn begins with. */
export const TURN_ACTS = ['create', 'write', 'read', 'purge', 'release', 'look'] as const;
export type TurnAct = (typeof TURN_ACTS)[number];

export interface Turn {
  readonly act: TurnAct;
  /** Who reads; of two tiers, whose turn it is. */
  readonly name?: string;
  /** Whether the race can wait before it, for as long as anybody likes. */
  readonly canWait: boolean;
}

/** What a step is, for whoever draws it. */
export const STEP_ACTS = ['holds', 'asks', 'gets', 'nothing', 'held', 'released', 'purges', 'purged', 'refused'] as const;
export type StepAct = (typeof STEP_ACTS)[number];

export interface PlayedStep extends RaceStep {
  readonly act: StepAct;
  /** Who reads; of a purge its words. */
  readonly name?: string;
  /** Of what the origin holds, or somebody gets; undefined: there is none. */
  readonly version?: number | undefined;
  /** What the cache says of the answer: a hit, a miss, stale. Of an answer that is held its status. */
  readonly label?: string;
}

export interface StepByStep {
  readonly onStep: (step: PlayedStep) => void;
  /**
   * Resolves when the turn may begin. How long that takes counts nowhere in the race. Rejects with the reason of the
   * signal.
   */
  readonly mayBegin: (turn: Turn) => Promise<void>;
}
