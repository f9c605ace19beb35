/** Runs suites of the protocol. */
import { lookingAt, type Searched, search } from '../../search.ts';
import { STATES_MAX } from '../../suite.ts';
import type { Promised } from '../judge.ts';
import { protocolModel } from '../model.ts';
import type { Suite } from './suite.ts';

/** Two fetches that overlap may bring their versions in any order, until an event is applied. */
const NOT_PROMISED: readonly Promised[] = ['order', 'order-cached'];

export function searchSuite({ promises, ...suite }: Suite): Searched {
  const isAmong = (kinds: readonly string[], kind: string) => kinds.includes(kind);
  const isLookedAt = (kind: string) => (promises === undefined ? !isAmong(NOT_PROMISED, kind) : isAmong(promises, kind));
  return search(lookingAt(protocolModel(suite), isLookedAt), STATES_MAX);
}
