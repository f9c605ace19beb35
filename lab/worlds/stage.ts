/** A world with its clock, before it starts. */
import type { RunOptions } from '../run/run.ts';

/** Where a run takes place: a world, and the clock that the run goes by. */
export interface Stage extends Pick<RunOptions, 'clock' | 'startWorld' | 'judgesUnsteady' | 'pollMs'> {
  /** Lets the time of the run pass. */
  readonly drive: <T>(run: Promise<T>) => Promise<T>;
}
