/** What a member answers, and what it calls the answer. */
import { PARTITIONS, type PerPartition } from '../partitions.ts';
import { isServable, memberOf } from './cache.ts';
import type { Member, Told } from './member.ts';
import type { Entry } from './records.ts';
import type { Setting } from './sizes.ts';
import type { MembersState } from './state.ts';

export interface Answer {
  readonly entry: Entry;
  readonly isFresh: boolean;
  readonly source: 'cache' | 'hot';
}

/** What a member may answer to a read that begins now. A read costs no step. */
export function answersOf(setting: Setting, state: MembersState, index: number): readonly Answer[] {
  const member = memberOf(state, index);
  const { cache } = state;
  const answers: Answer[] = [];
  const isServed = !member.isAway && cache.entry.version >= member.remembered && isServable(cache, cache.entry);
  if (isServed) {
    const told = { heartbeat: heartbeatFor(setting, state, member), offsets: cache.offsets };
    answers.push({ entry: cache.entry, isFresh: isFresh(setting, state, { member, entry: cache.entry, ...told }), source: 'cache' });
  }
  const { hot } = member;
  const told = hot === null || hot.entry.version < member.remembered ? null : confirming(setting, state, member);
  if (hot !== null && told !== null) {
    const offsets = setting.rules.caughtUpOf === 'now' ? cache.offsets : told.offsets;
    const { heartbeat } = told;
    answers.push({ entry: hot.entry, isFresh: isFresh(setting, state, { member, entry: hot.entry, heartbeat, offsets }), source: 'hot' });
  }
  return answers;
}

interface Labelled {
  readonly member: Member;
  readonly entry: Entry;
  readonly heartbeat: number;
  readonly offsets: Readonly<PerPartition>;
}

function isFresh({ rules, sizes }: Setting, { time }: MembersState, { member, entry, heartbeat, offsets }: Labelled): boolean {
  const leasedSince = Math.max(heartbeat, entry.fetchedAt);
  if (rules.lease !== 'off' && leasedSince < time - sizes.lease) return false;
  if (rules.start === 'since' && leasedSince <= member.startedAt) return false;
  const { catchingUp, owns } = member;
  if (rules.start !== 'caughtUp' || catchingUp === null) return true;
  return PARTITIONS.every((each) => !owns[each] || offsets[each] >= catchingUp[each]);
}

/** A member without partitions has no heartbeat of its own that could be too old. */
function heartbeatFor({ rules }: Setting, { cache }: MembersState, member: Member): number {
  if (rules.lease !== 'own') return Math.min(...cache.heartbeats);
  return Math.min(...PARTITIONS.filter((each) => member.owns[each]).map((each) => member.heartbeats[each]), Number.MAX_SAFE_INTEGER);
}

/** By what the hot entry may be answered now; null where it may not. */
function confirming({ rules, sizes }: Setting, { time }: MembersState, member: Member): Omit<Told, 'at'> | null {
  const { hot, confirmation, own, latestHeartbeat } = member;
  if (hot === null || rules.hot === 'off') return null;
  if (rules.hot === 'marked') {
    if (hot.entry.version < own.hardVersion || hot.ownClock < own.hardEpoch) return null;
    return rules.lease === 'own' ? { ...hot, heartbeat: Math.min(...member.heartbeats) } : hot;
  }
  const told = confirmation !== null && confirmation.at >= hot.at ? confirmation : hot;
  if (time - told.at > sizes.hot) return null;
  return rules.leaseOf === 'latest' ? { ...told, heartbeat: latestHeartbeat } : told;
}
