/**
 * What the edge does, and what is done to it, to its cache and to the log. The queue of a partition is the log from its
 * head on. What has arrived is never later than the time of its record, so a head is due by that time and the delay
 * alone. A cut link is an edge that does not go on.
 */
import { PARTITIONS, type Partition } from '../partitions.ts';
import { applyHead, checkLog, rejoin, takeHeartbeat } from './edge.ts';
import type { Setting } from './sizes.ts';
import { copyCache, NEVER, nameOf } from './state.ts';
import type { Steps } from './steps.ts';

export function addEdgeSteps(steps: Steps, setting: Setting): void {
  for (const partition of PARTITIONS) {
    if (setting.rules.effect === 'arrives') addArrival(steps, setting, partition);
    addApply(steps, setting, partition);
  }
  const { cache, logId } = steps.from;
  const waits = setting.rules.log === 'confirmed' && PARTITIONS.some((each) => cache.unconfirmed[each] > cache.heartbeats[each]);
  if (waits || cache.logId !== logId) steps.add('edge checks that the log is the same', (state) => checkLog(setting, state));
  addDelays(steps);
  addRestarts(steps, setting);
}

/** The edge sees a heartbeat on its arrival, before the records in front of it are applied. */
function addArrival(steps: Steps, setting: Setting, partition: Partition): void {
  const offset = Math.max(steps.from.looked[partition], steps.from.heads[partition]);
  const record = steps.from.log[partition][offset];
  if (record === undefined) return;
  steps.add(`edge reads p${partition}@${offset}`, (state) => {
    state.looked[partition] = offset + 1;
    takeHeartbeat(setting, state, { partition, record });
    return nameOf(record);
  });
}

function addApply(steps: Steps, setting: Setting, partition: Partition): void {
  const { from } = steps;
  const head = from.log[partition][from.heads[partition]];
  if (head === undefined) return;
  const isDueAtOnce = head.kind === 'heartbeat' && setting.rules.due === 'atOnce';
  if (!isDueAtOnce && head.at + from.delay > from.time) return;
  const label = `edge applies p${partition}@${from.heads[partition]} ${nameOf(head)}`;
  steps.add(label, (state) => applyHead(setting, state, partition));
}

function addDelays(steps: Steps): void {
  steps.spend('delayRaises', 'propagation delay raised by 3', (state) => {
    state.delay += 3;
    return undefined;
  });
  steps.spend('delayDrops', 'propagation delay lowered to 0', (state) => {
    state.delay = 0;
    return undefined;
  });
}

function addRestarts(steps: Steps, setting: Setting): void {
  const { snapshot } = steps.from;
  steps.spend('restarts', 'edge restarts', (state) => {
    state.fetches = [];
    state.slowRead = null;
    state.heartbeatsInMemory = [NEVER, NEVER];
    rejoin(setting, state);
    return undefined;
  });
  steps.spend('newLogs', 'the log is made anew', (state) => {
    state.log = [[], []];
    state.logId += 1;
    return undefined;
  });
  if (snapshot === null) {
    steps.spend('snapshots', 'snapshot of the cache', (state) => {
      state.snapshot = copyCache(state.cache);
      return undefined;
    });
    return;
  }
  steps.spend('restores', 'the cache comes back from its snapshot', (state) => {
    state.cache = copyCache(snapshot);
    if (setting.rules.newLife === 'unnoticed') return undefined;
    state.lives += 1;
    state.cache.life = state.lives;
    if (setting.rules.newLife === 'hard') {
      state.cache.clock += 1;
      state.cache.hardEpoch = state.cache.clock;
    }
    rejoin(setting, state);
    return undefined;
  });
}
