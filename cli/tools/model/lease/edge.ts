/**
 * What an edge does with its log: it applies the heads of its queues, takes heartbeats, checks the log, takes up its
 * stored offsets.
 */
import type { Partition, PerPartition } from '../partitions.ts';
import type { Setting } from './sizes.ts';
import { type LeaseState, type LogRecord, NEVER } from './state.ts';

/**
 * Applies a record that is the head of its queue. Answers what else it was: one applied before, or one behind a gap.
 */
export function applyHead(setting: Setting, state: LeaseState, partition: Partition): string | undefined {
  const { cache } = state;
  const offset = state.heads[partition];
  const record = state.log[partition][offset];
  if (record === undefined) return undefined;
  state.heads[partition] = offset + 1;
  if (offset <= cache.offsets[partition]) {
    takeHeartbeat(setting, state, { partition, record });
    return 'skipped';
  }
  if (offset - 1 > cache.offsets[partition]) {
    takeUp(state);
    return 'gap';
  }
  cache.offsets[partition] = offset;
  if (record.kind === 'heartbeat') takeHeartbeat(setting, state, { partition, record });
  else invalidate(setting, state, record);
  return undefined;
}

function invalidate({ sizes: { isLazy } }: Setting, { cache }: LeaseState, record: LogRecord): void {
  cache.clock += 1;
  if (record.kind === 'version') {
    const mark = isLazy ? 'softVersion' : 'hardVersion';
    cache[mark] = Math.max(cache[mark], record.version);
  }
  if (record.kind === 'purge') cache[isLazy ? 'softEpoch' : 'hardEpoch'] = cache.clock;
}

/** Takes the record if it is a heartbeat. */
export function takeHeartbeat(
  { rules, sizes }: Setting,
  state: LeaseState,
  { partition, record }: { readonly partition: Partition; readonly record: LogRecord },
): void {
  if (record.kind !== 'heartbeat') return;
  if (rules.future === 'refused' && record.clock > state.time + sizes.skew) return;
  const clock = rules.clamp ? Math.min(record.clock, state.time) : record.clock;
  const put = (heartbeats: PerPartition) => {
    heartbeats[partition] = rules.max ? Math.max(heartbeats[partition], clock) : clock;
  };
  if (rules.beats === 'memory') put(state.heartbeatsInMemory);
  put(rules.log === 'confirmed' ? state.cache.unconfirmed : state.cache.heartbeats);
}

/** Reads on behind the stored offsets. */
export function takeUp(state: LeaseState): void {
  const [first, second] = state.cache.offsets;
  state.looked = [0, 0];
  state.heads = [first + 1, second + 1];
  state.cache.unconfirmed = [NEVER, NEVER];
}

/**
 * Looks whether the log is the one that was read from. That it finds out is an oracle: the model does not say how. A
 * log made anew invalidates all, and is read from its start.
 */
export function checkLog({ rules }: Setting, state: LeaseState): string {
  const { cache } = state;
  if (cache.logId === state.logId) {
    const confirmed = (partition: Partition) => {
      const [known, waiting] = [cache.heartbeats[partition], cache.unconfirmed[partition]];
      if (rules.max) return Math.max(known, waiting);
      return waiting === NEVER ? known : waiting;
    };
    cache.heartbeats = [confirmed(0), confirmed(1)];
    cache.unconfirmed = [NEVER, NEVER];
    return 'the same';
  }
  cache.logId = state.logId;
  cache.clock += 1;
  cache.hardEpoch = cache.clock;
  cache.offsets = [-1, -1];
  takeUp(state);
  return 'another: all invalid, read from its start';
}

/** What an edge does once it reads its log again. */
export function rejoin(setting: Setting, state: LeaseState): void {
  if (state.cache.logId === state.logId) takeUp(state);
  else checkLog(setting, state);
}
