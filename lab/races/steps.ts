/** The witness of a race: what everybody did, in its order. */

/** One of the steps of a race, as it came. */
export interface RaceStep {
  readonly who: 'reader' | 'upstream' | 'origin' | 'purger';
  /** ms since the race began. */
  readonly atMs: number;
  readonly text: string;
}
