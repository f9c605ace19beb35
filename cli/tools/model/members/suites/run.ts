/** Runs suites of several members on one cache: exhaustively, or as random walks. */
import { lookingAt, type Model, type Searched, search, type Walked, walk } from '../../search.ts';
import { STATES_MAX, type Walks } from '../../suite.ts';
import { membersModel } from '../model.ts';
import type { MembersState } from '../state.ts';
import type { Suite } from './suite.ts';
import { WALK_STEPS_MAX, weigh } from './walks.ts';

export function searchSuite(suite: Suite): Searched {
  return search(modelOf(suite), STATES_MAX);
}

export function walkSuite(suite: Suite, { runs, seed }: Walks): Walked {
  return walk({ model: modelOf(suite), runs, seed, stepsMax: WALK_STEPS_MAX, weigh });
}

function modelOf({ kinds, ...suite }: Suite): Model<MembersState> {
  const lookedFor: readonly string[] | undefined = kinds;
  return lookingAt(membersModel(suite), (kind) => lookedFor?.includes(kind) ?? true);
}
