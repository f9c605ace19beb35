/**
 * The interface of a race: the upstream holds an answer of the origin at a known place, a write and its purge happen,
 * the answer is let go. Nothing is left to chance: a look counts as after the fetch where whoever asked has the answer
 * of that fetch.
 */

import type { Way } from './raced-cache.ts';
import type { Stage } from './stage.ts';
import type { RaceStep } from './steps.ts';

/**
 * `ok`: the new version is answered, by everybody after the purge. `waits`: the purge was not answered while the fetch
 * under way was held, for longer than a purge takes otherwise, and then it was so. `late`: the old version to who
 * joined a fetch under way, or for a moment after it, and to nobody a second later. `kept`: the old version a second
 * after the fetch that brought it had ended; the invalidation is lost. `unjudged`: it did not come to the race, or
 * somebody got what the origin has never held, as the reason says.
 */
export const OUTCOMES = ['kept', 'late', 'unjudged', 'waits', 'ok'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface RaceFinding {
  readonly outcome: Outcome;
  /** In a few words. */
  readonly why: string;
}

export interface Race {
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** Whether the race is one for such a purge. Left out: for each. */
  readonly takes?: (way: Way) => boolean;
  /** It takes two instances of the cache. */
  readonly tiers?: true;
  run(stage: Stage, way: Way): Promise<RaceFinding>;
}

export interface RaceResult extends RaceFinding {
  readonly race: string;
  readonly way: Way;
  readonly steps: readonly RaceStep[];
}
