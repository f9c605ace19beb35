/** What happens to a member: another log, a new life of the cache, a restart, a group that gives partitions away. */
import { lastOffsets, PARTITIONS, type Partition } from '../partitions.ts';
import { forgetLog, memberOf, takeUp } from './cache.ts';
import { dropHot, dropTold, type Member, newMember } from './member.ts';
import { NEVER } from './records.ts';
import type { Setting } from './sizes.ts';
import type { MembersState } from './state.ts';
import type { Steps } from './steps.ts';

export function addMemberSteps(steps: Steps, setting: Setting, index: number): void {
  const { from } = steps;
  const { logId, life } = memberOf(from, index);
  if (logId !== from.logId) {
    steps.add(`m${index} notices that the log is another one`, (state) => noticeLog(setting, state, memberOf(state, index)));
  }
  steps.spend('restarts', `m${index} is killed and starts again`, (state) => restart(setting, state, index));
  if (setting.rules.reads === 'split') addMoves(steps, index);
  if (life !== from.cache.life) {
    steps.add(`m${index} notices the new life`, (state) => noticeLife(setting, state, memberOf(state, index)));
  }
}

/** That a member notices is an oracle: the model does not say how. */
function noticeLog({ rules }: Setting, state: MembersState, member: Member): undefined {
  if (rules.generation === 'none' || state.cache.logId !== state.logId) forgetLog(state);
  member.logId = state.logId;
  member.ofOldLog = [[], []];
  dropHot(member, state.cache);
  member.lookup = null;
  member.question = null;
  member.catchingUp = null;
  takeUp(state, member);
}

/** What it remembers is gone with it. */
function restart({ rules }: Setting, state: MembersState, index: number): undefined {
  const { cache, logId } = state;
  const member = { ...newMember(rules.reads === 'whole'), logId, life: cache.life };
  state.members[index] = member;
  state.fetches = state.fetches.filter((fetch) => fetch.member !== index);
  if (cache.logId !== logId) forgetLog(state);
  state.seen = state.seen.filter(({ by, at }) => by !== index || at !== null);
  takeUp(state, member);
  begin(state, member);
}

/** From its start, or from a change of its partitions, a member has to catch up. */
function begin(state: MembersState, member: Member): void {
  const { log, time } = state;
  member.startedAt = time;
  member.catchingUp = lastOffsets(state);
  member.inLogAtStart = {
    version: Math.max(0, ...log[0].map((record) => (record.kind === 'version' ? record.version : 0))),
    purgedAt: Math.max(NEVER, ...log[1].map((record) => (record.kind === 'purge' ? record.committedAt : NEVER))),
  };
}

/** A group that splits the partitions takes them from a member before that member hears of it. */
function addMoves(steps: Steps, index: number): void {
  const { members } = steps.from;
  const { owns, isZombie } = memberOf(steps.from, index);
  const other = 1 - index;
  for (const partition of PARTITIONS) {
    if (!owns[partition] || members.length === 1) continue;
    steps.spend('moves', `the group gives p${partition} of m${index} to m${other}`, (state) => {
      const receiver = memberOf(state, other);
      receiver.logId = state.logId;
      give(state, receiver, partition);
      memberOf(state, index).isZombie = true;
      return undefined;
    });
  }
  if (isZombie) steps.add(`m${index} hears that it lost them`, (state) => hearOfLoss(state, index));
  else for (const partition of PARTITIONS) addFree(steps, index, partition);
}

function addFree(steps: Steps, index: number, partition: Partition): void {
  if (steps.from.members.some(({ owns }) => owns[partition])) return;
  steps.spend('moves', `the group gives the free p${partition} to m${index}`, (state) => {
    give(state, memberOf(state, index), partition);
    return undefined;
  });
}

function give(state: MembersState, member: Member, partition: Partition): void {
  member.owns[partition] = true;
  member.next[partition] = state.cache.offsets[partition] + 1;
  begin(state, member);
}

function hearOfLoss(state: MembersState, index: number): undefined {
  const member = memberOf(state, index);
  const { owns } = memberOf(state, 1 - index);
  member.isZombie = false;
  for (const partition of PARTITIONS) if (owns[partition]) member.owns[partition] = false;
  begin(state, member);
}

function noticeLife({ rules }: Setting, state: MembersState, member: Member): undefined {
  const { clock, fills, life } = state.cache;
  member.life = life;
  if (rules.dropsAtNewLife) {
    dropTold(member);
    member.confirmedTo = { clock, fills };
    member.changedTo = { clock: 0, fills: 0 };
  }
  takeUp(state, member);
}
