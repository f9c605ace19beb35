/** What must hold when nothing is pending: nothing superseded is fresh, and reads end in a fresh hit. */
import { PARTITIONS } from '../partitions.ts';
import { fill } from './fill.ts';
import { judge } from './marks.ts';
import { readByFetch } from './read-steps.ts';
import { lookUp, read } from './reads.ts';
import type { Setting } from './sizes.ts';
import { copyState, type ProtocolState } from './state.ts';

/** Reads after which the cache must have the current version, fresh: the first begins a fetch, the last finds it. */
const READS_MAX = 3;

export function checkQuiescence(setting: Setting, state: ProtocolState): readonly string[] {
  if (!isQuiet(state)) return [];
  const { edge, cache, origin } = state;
  const violations: string[] = [];
  if (edge.catchingUp !== null) violations.push('stuck: the edge is still catching up, and nothing is pending');
  const { entry } = cache;
  if (entry !== null && entry.version < origin.version && judge(setting, state, entry) === 'fresh')
    violations.push(`lost: nothing is pending, v${entry.version} is fresh, and the origin has v${origin.version}`);
  return [...violations, ...checkProgress(setting, copyState(state))];
}

function isQuiet({ edge, outbox, log }: ProtocolState): boolean {
  if (edge.takingUp !== null || outbox.length + edge.fetches.length + edge.unheard.length > 0) return false;
  return PARTITIONS.every((each) => edge.queues[each].length === 0 && edge.next[each] === log[each].length);
}

/** Reads, ends the fetches that the read began, and reads again, on a copy of the state. */
function checkProgress(setting: Setting, state: ProtocolState): readonly string[] {
  const { edge } = state;
  const found: string[] = [];
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    if (lookUp(setting, state).found === 'fresh') return [];
    found.push(read(setting, state, []));
    for (const fetch of edge.fetches) found.push(fill(setting, state, readByFetch(state, fetch)));
    edge.fetches = [];
  }
  const { found: last, entry } = lookUp(setting, state);
  if (last === 'fresh' && entry?.version === state.origin.version) return [];
  return [`never-fresh: nothing is pending, and reads give ${found.join(', ')}`];
}
