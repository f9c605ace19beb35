/** What is done to the edge, to its cache and to the log. */
import { PARTITIONS } from '../partitions.ts';
import { beginAtEnds, beginCatchingUp, checkLog, readOn, seekBack } from './edge.ts';
import { putInForce } from './judge.ts';
import { invalidateAll, modeOf } from './marks.ts';
import type { Setting } from './sizes.ts';
import { copyCache, emptyCache, noKeyMarks, type ProtocolState } from './state.ts';
import type { Steps } from './steps.ts';

export function addFaultSteps(steps: Steps, setting: Setting): void {
  const { snapshot, log } = steps.from;
  steps.spend('strategySwitches', 'strategy switched', ({ edge }) => {
    edge.isLazy = !edge.isLazy;
    return undefined;
  });
  addCommits(steps);
  steps.spend('restarts', 'edge is killed and restarted', (state) => restart(setting, state));
  if (snapshot === null) {
    steps.spend('snapshots', 'snapshot of the cache', (state) => {
      state.snapshot = copyCache(state.cache);
      return undefined;
    });
  } else {
    steps.spend('restores', 'the cache comes back from its snapshot', (state) => {
      state.cache = copyCache(snapshot);
      return comeBack(setting, state);
    });
  }
  steps.spend('emptied', 'the cache comes back empty', (state) => {
    state.cache = emptyCache();
    return comeBack(setting, state);
  });
  steps.spend('flushes', 'flush', (state) => {
    if (setting.rules.flush === 'epoch') invalidateAll(state);
    else state.cache = { ...emptyCache(), offsets: state.cache.offsets };
    return undefined;
  });
  if (log[0].length + log[1].length > 0)
    steps.spend('newLogs', 'the log is made anew, the edge notices', (state) => renewLog(setting, state));
  steps.spend('markEvictions', 'the cache evicts its marks', ({ cache }) => {
    cache.keyMarks = noKeyMarks();
    cache.epochs = {};
    return undefined;
  });
}

/** The edge commits up to the head of its queue. */
function addCommits(steps: Steps): void {
  const { edge, committed } = steps.from;
  for (const partition of PARTITIONS) {
    const next = edge.queues[partition][0]?.offset ?? edge.next[partition];
    if (next <= committed[partition]) continue;
    steps.spend('commits', `edge commits p${partition}@${next}`, (state) => {
      state.committed[partition] = next;
      return undefined;
    });
  }
}

function restart(setting: Setting, state: ProtocolState): undefined {
  const { edge, cache, committed, log, judge } = state;
  const { rules } = setting;
  checkLog(setting, state, 'start');
  beginAtEnds(setting, state);
  judge.inLogAtRestart = Math.max(0, ...log[0].map((event) => (event.kind === 'version' ? event.version : 0)));
  Object.assign(edge, { fetches: [], unheard: [], remembered: 0, catchingUp: null });
  for (const partition of PARTITIONS) {
    seekBack(state, partition);
    const next = cache.offsets[partition] + 1;
    edge.next[partition] = rules.notice === 'connection' ? next : Math.min(committed[partition], next);
  }
  if (rules.restart === 'stale') beginCatchingUp(state);
  readOn(state);
}

/** What an edge does whose cache has gone back. */
function comeBack(setting: Setting, state: ProtocolState): undefined {
  const { rules } = setting;
  const { edge, cache, committed } = state;
  if (rules.notice === 'connection') {
    edge.lives += rules.life ? 1 : 0;
    if (rules.life) cache.life = edge.lives;
    if (rules.wentBack === 'invalid') invalidateAll(state);
    takeUp(setting, state);
    return;
  }
  const behind = PARTITIONS.filter((each) => cache.offsets[each] + 1 < committed[each]);
  if (behind.length === 0) return;
  for (const partition of behind) seekBack(state, partition);
  readOn(state);
  if (rules.wentBack === 'stale') beginCatchingUp(state);
}

function takeUp(setting: Setting, state: ProtocolState): void {
  checkLog(setting, state, 'connection');
  beginAtEnds(setting, state);
  for (const partition of PARTITIONS) seekBack(state, partition);
  state.edge.catchingUp = null;
  if (setting.rules.wentBack === 'stale') beginCatchingUp(state);
  readOn(state);
}

/** What the lost events mean must be in force from now on: nobody can apply them any more. */
function renewLog(setting: Setting, state: ProtocolState): undefined {
  const { edge, cache, log } = state;
  for (const partition of PARTITIONS) {
    for (const event of log[partition]) if (event.kind !== 'other') putInForce(state, event, modeOf(setting, state, event));
  }
  state.logId += 1;
  if (setting.rules.logId !== 'never') cache.logId = state.logId;
  state.log = [[], []];
  Object.assign(edge, { queues: [[], []], next: [0, 0], catchingUp: null, takingUp: null });
  state.committed = [0, 0];
  invalidateAll(state, setting.rules.newLog);
  if (setting.rules.resetsOffsets) cache.offsets = [-1, -1];
}
