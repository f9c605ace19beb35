/** The witness of a race: what everybody did, in its order. */

export const RACE_PARTS = ['reader', 'upstream', 'origin', 'purger'] as const;

/** One of the steps of a race, as it came. */
export interface RaceStep {
  readonly who: (typeof RACE_PARTS)[number];
  /** ms since the race began. */
  readonly atMs: number;
  readonly text: string;
}
