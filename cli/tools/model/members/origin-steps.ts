/** Time, what is committed at the origin, and what is done to the log and to the cache. */
import { PARTITIONS } from '../partitions.ts';
import { invalidateAll } from './cache.ts';
import type { Setting } from './sizes.ts';
import { copyCache, type MembersState } from './state.ts';
import type { Steps } from './steps.ts';

export function addOriginSteps(steps: Steps, { sizes }: Setting): void {
  const { from } = steps;
  if (from.time < sizes.end) {
    steps.add(`time ${from.time + 1}`, (state) => {
      state.time += 1;
      return undefined;
    });
  }
  steps.spend('writes', `v${from.version + 1} committed, its event in p0`, (state) => {
    state.version += 1;
    state.committedAt[state.version] = state.time;
    state.log[0].push({ kind: 'version', version: state.version });
    return undefined;
  });
  steps.spend('purges', 'purge of all, its event in p1', (state) => {
    state.purgedAt.push(state.time);
    state.log[1].push({ kind: 'purge', committedAt: state.time });
    return undefined;
  });
  steps.spend('heartbeats', `HB(${from.time}) in both partitions`, (state) => {
    for (const partition of PARTITIONS) state.log[partition].push({ kind: 'heartbeat', clock: state.time });
    return undefined;
  });
  steps.spend('newLogs', 'the log is made anew', renewLog);
  if (from.snapshot === null) {
    steps.spend('snapshots', 'snapshot of the cache', (state) => {
      state.snapshot = copyCache(state.cache);
      return undefined;
    });
  } else addRestore(steps);
}

/** A member still has what it has read of the log before: all of it. */
function renewLog(state: MembersState): undefined {
  for (const member of state.members) {
    if (member.logId !== state.logId) continue;
    for (const partition of PARTITIONS) {
      const first = member.next[partition];
      const unread = state.log[partition].slice(first);
      member.ofOldLog[partition] = unread.map((record, index) => ({ offset: first + index, record }));
    }
  }
  state.log = [[], []];
  state.logId += 1;
}

function addRestore(steps: Steps): void {
  const { snapshot } = steps.from;
  steps.spend('restores', 'the cache comes back from its snapshot, in a new life', (state) => {
    if (snapshot === null) return undefined;
    state.lives += 1;
    state.cache = { ...copyCache(snapshot), life: state.lives };
    invalidateAll(state.cache);
    return undefined;
  });
}
