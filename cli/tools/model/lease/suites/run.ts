/** Runs suites of the lease: exhaustively, or as random walks. */
import { type Searched, search, type Walked, walk } from '../../search.ts';
import { leaseModel } from '../model.ts';
import type { Suite } from './suite.ts';
import { WALK_STEPS_MAX, weigh } from './walks.ts';

/** Bounds the memory: about 1 GB a million states. */
const STATES_MAX = 4_000_000;

export function searchSuite(suite: Suite): Searched {
  return search(leaseModel(suite), STATES_MAX);
}

export function walkSuite(suite: Suite, { runs, seed }: { readonly runs: number; readonly seed: number }): Walked {
  return walk({ model: leaseModel(suite), runs, seed, stepsMax: WALK_STEPS_MAX, weigh });
}
