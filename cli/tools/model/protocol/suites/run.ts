/** Runs suites of the protocol: exhaustively, or as random walks. */
import { lookingAt, type Model, type Searched, search, type Walked, walk } from '../../search.ts';
import { STATES_MAX, type Walks } from '../../suite.ts';
import type { Promised } from '../judge.ts';
import { protocolModel } from '../model.ts';
import type { ProtocolState } from '../state.ts';
import type { Suite } from './suite.ts';
import { WALK_STEPS_MAX, weigh } from './walks.ts';

/** Two fetches that overlap may bring their versions in any order, until an event is applied. */
const NOT_PROMISED: readonly Promised[] = ['order', 'order-cached'];

export function searchSuite(suite: Suite): Searched {
  return search(modelOf(suite), STATES_MAX);
}

export function walkSuite(suite: Suite, { runs, seed }: Walks): Walked {
  return walk({ model: modelOf(suite), runs, seed, stepsMax: WALK_STEPS_MAX, weigh });
}

function modelOf({ promises, ...suite }: Suite): Model<ProtocolState> {
  const isAmong = (kinds: readonly string[], kind: string) => kinds.includes(kind);
  const isLookedAt = (kind: string) => (promises === undefined ? !isAmong(NOT_PROMISED, kind) : isAmong(promises, kind));
  return lookingAt(protocolModel(suite), isLookedAt);
}
