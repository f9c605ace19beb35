/** What the cache of the region does, in one atomic step each. */
import type { Partition } from '../partitions.ts';
import { dropHot, type Member } from './member.ts';
import type { Entry, Read } from './records.ts';
import type { Setting } from './sizes.ts';
import type { Cache, MembersState } from './state.ts';

/** Whether the marks let an entry be served. */
export function isServable(cache: Cache, { version, clock }: Pick<Entry, 'version' | 'clock'>): boolean {
  return version >= cache.hardVersion && clock >= cache.hardEpoch;
}

/** Marks the key, whatever its version. */
export function invalidateAll(cache: Cache): void {
  cache.clock += 1;
  cache.hardEpoch = cache.clock;
  cache.markedAt = cache.clock;
}

/** Invalidates all, and takes up another log from its start. */
export function forgetLog({ cache, logId }: MembersState): void {
  invalidateAll(cache);
  cache.offsets = [-1, -1];
  cache.logId = logId;
}

/** Reads on behind the stored offsets. */
export function takeUp({ cache }: MembersState, member: Member): void {
  const [first, second] = cache.offsets;
  member.next = [first + 1, second + 1];
}

export interface Applying extends Read {
  readonly by: number;
  readonly partition: Partition;
  /** Of the log that the record was read from. */
  readonly logId: number;
}

/** Answers why the record was not applied. */
export function apply(
  { rules }: Setting,
  state: MembersState,
  { by, partition, offset, record, logId }: Applying,
): 'refused' | 'skipped' | 'gap' | undefined {
  const { cache } = state;
  const member = memberOf(state, by);
  if (rules.generation === 'checked' && cache.logId !== logId) return 'refused';
  if (rules.lease === 'own' && record.kind === 'heartbeat' && offset <= cache.offsets[partition] + 1)
    member.heartbeats[partition] = Math.max(member.heartbeats[partition], record.clock);
  if (offset <= cache.offsets[partition]) return 'skipped';
  if (offset - 1 > cache.offsets[partition]) {
    if (member.logId === state.logId) takeUp(state, member);
    return 'gap';
  }
  cache.offsets[partition] = offset;
  if (record.kind === 'heartbeat') {
    cache.heartbeats[partition] = Math.max(cache.heartbeats[partition], record.clock);
    return;
  }
  if (record.kind === 'version') {
    cache.clock += 1;
    cache.markedAt = cache.clock;
    cache.hardVersion = Math.max(cache.hardVersion, record.version);
  } else invalidateAll(cache);
  state.applied.push({ event: record, at: state.time, by });
  if (rules.dropsOwn) dropHot(member, cache);
}

export function memberOf({ members }: MembersState, index: number): Member {
  const member = members[index];
  if (member === undefined) throw new Error(`expected a member below ${members.length}, got ${index}`);
  return member;
}
