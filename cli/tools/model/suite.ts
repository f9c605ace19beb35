/** A suite of a model, and what all of them share. */

export interface SuiteOf<Rules, Sizes> {
  readonly name: string;
  readonly about: string;
  /** Rules that differ from those that should stand. */
  readonly rules: Partial<Rules>;
  /** How much may happen. */
  readonly sizes: Partial<Sizes>;
}

/** How many random walks, and from which seed. */
export interface Walks {
  readonly runs: number;
  readonly seed: number;
}

/** Bounds the memory: about 1 GB a million states. */
export const STATES_MAX = 4_000_000;

/** The weight of a step by its label: that of the first pattern that matches, else 1. */
export function weighBy(weights: readonly (readonly [RegExp, number])[]): (label: string) => number {
  return (label) => weights.find(([pattern]) => pattern.test(label))?.[1] ?? 1;
}
