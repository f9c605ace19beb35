/** Runs suites of the lease: exhaustively, or as random walks. */
import { type Searched, search, type Walked, walk } from '../../search.ts';
import { STATES_MAX, type Walks } from '../../suite.ts';
import { leaseModel } from '../model.ts';
import type { Suite } from './suite.ts';
import { WALK_STEPS_MAX, weigh } from './walks.ts';

export function searchSuite(suite: Suite): Searched {
  return search(leaseModel(suite), STATES_MAX);
}

export function walkSuite(suite: Suite, { runs, seed }: Walks): Walked {
  return walk({ model: leaseModel(suite), runs, seed, stepsMax: WALK_STEPS_MAX, weigh });
}
