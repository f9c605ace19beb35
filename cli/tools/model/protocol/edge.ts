/** What an edge does with its log: it reads on, applies what it has queued, takes up its stored offsets. */
import { lastOffsets, PARTITIONS, type Partition, type PerPartition } from '../partitions.ts';
import { type Event, tagOf } from './events.ts';
import { putInForce } from './judge.ts';
import { invalidateAll, judge, leaveMarks, modeOf } from './marks.ts';
import type { Setting } from './sizes.ts';
import type { Fetch, ProtocolState } from './state.ts';

/** Queues what the log has and the edge has not read. */
export function readOn({ edge, log }: ProtocolState): void {
  if (edge.takingUp !== null) return;
  for (const partition of PARTITIONS) {
    for (const event of log[partition].slice(edge.next[partition])) {
      edge.queues[partition].push({ offset: edge.next[partition], event, isDelayed: edge.isDelayed });
      edge.next[partition] += 1;
    }
  }
}

/** Applies what is queued at that place. Answers what else it was: one applied before, or one behind a gap. */
export function applyQueued(
  setting: Setting,
  state: ProtocolState,
  { partition, index, violations }: { readonly partition: Partition; readonly index: number; readonly violations: string[] },
): string | undefined {
  const { edge, cache } = state;
  const queued = edge.queues[partition][index];
  if (queued === undefined) return undefined;
  const { offset, event } = queued;
  if (offset > cache.offsets[partition] + 1 && setting.rules.previous === 'checked') {
    seekBack(state, partition);
    readOn(state);
    return 'gap';
  }
  edge.queues[partition].splice(index, 1);
  const isNew = offset > cache.offsets[partition];
  if (isNew) {
    apply(setting, state, event, violations);
    cache.offsets[partition] = offset;
  }
  endCatchingUp(state);
  return isNew ? undefined : 'skipped';
}

function apply(setting: Setting, state: ProtocolState, event: Event, violations: string[]): void {
  const { cache, edge } = state;
  const { entry } = cache;
  const mode = modeOf(setting, state, event);
  const isAtVersion = event.kind === 'version' && entry !== null && !entry.isMissing && entry.version >= event.version;
  const wasFresh = isAtVersion && judge(setting, state, entry) === 'fresh';
  leaveMarks(setting, state, event, mode);
  if (wasFresh && cache.entry !== null) {
    const now = judge(setting, state, cache.entry);
    if (now !== 'fresh') violations.push(`needless: v${entry.version} is ${now} after the event of v${event.version}`);
  }
  putInForce(state, event, mode);
  if (setting.rules.join !== 'forget') return;
  if (setting.rules.forgetsLate) edge.unheard.push(event);
  else forgetFetches(setting, state, event);
}

/** Readers that come from now on do not join the fetches that the event touches. */
export function forgetFetches({ rules }: Setting, { edge }: ProtocolState, event: Event): void {
  const isTouched = ({ held }: Fetch) => {
    if (event.kind === 'other') return false;
    if (event.kind === 'version' || event.scope === 'key' || event.scope === 'pattern' || event.scope === 'all') return true;
    return rules.tagForgets === 'all' || (rules.tagForgets === 'held' && held > 0 && tagOf(held) === event.scope);
  };
  edge.fetches = edge.fetches.map((fetch) => (isTouched(fetch) ? { ...fetch, isForgotten: true } : fetch));
}

/** Drops the queue of the partition, to read on behind its stored offset. */
export function seekBack({ cache, edge }: ProtocolState, partition: Partition): void {
  edge.queues[partition] = [];
  edge.next[partition] = cache.offsets[partition] + 1;
}

/** Reads are stale until all is applied that the log holds now. */
export function beginCatchingUp(state: ProtocolState): void {
  state.edge.catchingUp = lastOffsets(state);
  endCatchingUp(state);
}

/** Ends catching up where all is applied. */
function endCatchingUp({ cache, edge }: ProtocolState): void {
  const { catchingUp: last } = edge;
  if (last !== null && PARTITIONS.every((each) => cache.offsets[each] >= last[each])) edge.catchingUp = null;
}

/**
 * Looks whether the log is the one that the stored offsets belong to. That it finds out is an oracle: the model does
 * not say how. A log made anew invalidates all, and is read from its start.
 */
export function checkLog({ rules }: Setting, state: ProtocolState, when: 'start' | 'connection'): void {
  const isAsked = rules.logId === 'always' || (rules.logId === 'start' && when === 'start');
  if (!isAsked || state.cache.logId === state.logId) return;
  state.cache.logId = state.logId;
  state.cache.offsets = [-1, -1];
  invalidateAll(state);
}

/** Where the cache has no offset at all, the edge begins at the ends of the log, in two steps: this is the first. */
export function beginAtEnds({ rules }: Setting, state: ProtocolState): void {
  const { cache, log, edge } = state;
  edge.takingUp = null;
  if (rules.emptyCache === 'log' || cache.offsets.some((offset) => offset >= 0)) return;
  if (rules.emptyCache === 'epochFirst') {
    invalidateAll(state);
    edge.takingUp = { ends: null };
  } else if (log[0].length + log[1].length > 0) edge.takingUp = { ends: endsOf(state) };
}

/** The second step: what lies before the last record of each partition is in force by the epoch of all. */
export function goOnFromEnds(setting: Setting, state: ProtocolState): void {
  const { edge, cache, log } = state;
  const ends = edge.takingUp?.ends ?? endsOf(state);
  edge.takingUp = null;
  for (const partition of PARTITIONS) {
    const passed = Math.max(0, ends[partition] - 1);
    if (passed === 0) continue;
    for (const event of log[partition].slice(0, passed)) putInForce(state, event, modeOf(setting, state, event));
    cache.offsets[partition] = passed - 1;
  }
  if (setting.rules.emptyCache === 'endsFirst') invalidateAll(state);
  for (const partition of PARTITIONS) seekBack(state, partition);
  edge.catchingUp = null;
  readOn(state);
}

function endsOf({ log }: ProtocolState): PerPartition {
  return [log[0].length, log[1].length];
}
