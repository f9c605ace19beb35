/** Runs suites of the protocol. */
import { type Searched, search } from '../../search.ts';
import type { Promised } from '../judge.ts';
import { protocolModel } from '../model.ts';
import type { Suite } from './suite.ts';

/** Bounds the memory: about 1 GB a million states. */
const STATES_MAX = 4_000_000;

/** Two fetches that overlap may bring their versions in any order, until an event is applied. */
const NOT_PROMISED: readonly Promised[] = ['order', 'order-cached'];

export function searchSuite({ rules, sizes, promises }: Suite): Searched {
  const isLookedAt = (promise: Promised) => promises?.includes(promise) ?? !NOT_PROMISED.includes(promise);
  return search(protocolModel({ rules, sizes, isLookedAt }), STATES_MAX);
}
