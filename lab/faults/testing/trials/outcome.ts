/** What a trial came to, and everything that is wrong with it. */
import type { FaultTrial } from './trial.ts';

export interface TrialOutcome {
  readonly trial: FaultTrial;
  /** In words; none: all is as it must be. */
  readonly wrong: readonly string[];
  /** How it ended, in a few words. */
  readonly ended: string;
  readonly faults: number;
}

export interface Facts {
  readonly trial: FaultTrial;
  /** What the lab said it left. */
  readonly left: readonly string[];
  /** What the world showed. */
  readonly broken: readonly string[] | undefined;
  /** Injections and heals that were told, as `f1 injected`. */
  readonly told: readonly string[];
  /** What was asked of the world, or told, after the end. */
  readonly afterwards: readonly string[];
}

/**
 * What holds of every trial: nothing is in force that was not said to be left, what is left is only what cannot be
 * undone, and nothing comes after the end.
 */
export function wrongIn({ trial, left, broken, told, afterwards }: Facts): readonly string[] {
  const wrong: string[] = [];
  if (broken === undefined) wrong.push('the world was never closed');
  else if (broken.length > 0 && left.length === 0) wrong.push(`said that nothing is left, but: ${broken.join(', ')}`);
  else if (broken.length > 0 && trial.temper.stuck === undefined) wrong.push(`left in force: ${broken.join(', ')}`);
  if (left.length > 0 && trial.temper.stuck === undefined) wrong.push(`could not heal ${left.join(', ')}`);
  if (afterwards.length > 0) wrong.push(`after the end: ${afterwards.join(', ')}`);
  const begun = new Set(told.filter((line) => line.endsWith(' injected')).map((line) => line.split(' ')[0]));
  const healed = new Set(told.filter((line) => line.endsWith(' healed')).map((line) => line.split(' ')[0]));
  const unhealed = [...begun].filter((id) => !healed.has(id));
  if (unhealed.length > left.length) wrong.push(`never told as healed, nor left: ${unhealed.join(', ')}`);
  const unknown = [...healed].filter((id) => !begun.has(id));
  if (unknown.length > 0) wrong.push(`told as healed, never as injected: ${unknown.join(', ')}`);
  return wrong;
}
