/** What a member does with the log: it applies what it has read, in the order of each partition. */
import { PARTITIONS, type Partition } from '../partitions.ts';
import { type Applying, apply, memberOf } from './cache.ts';
import type { Member } from './member.ts';
import { type LogRecord, nameOf, type Read } from './records.ts';
import type { Setting } from './sizes.ts';
import type { MembersState } from './state.ts';
import type { Steps } from './steps.ts';

export function addApplySteps(steps: Steps, setting: Setting, index: number): void {
  for (const partition of PARTITIONS) addApply(steps, setting, { index, partition });
  addSecondHalf(steps, setting, index);
}

function addApply(steps: Steps, setting: Setting, { index, partition }: { readonly index: number; readonly partition: Partition }): void {
  const { from } = steps;
  const reader = memberOf(from, index);
  if (!reader.owns[partition] || reader.isAway || reader.life !== from.cache.life) return;
  const isOfOldLog = reader.logId !== from.logId;
  const head = isOfOldLog ? reader.ofOldLog[partition][0] : headOf(from, reader, partition);
  if (head === undefined) return;
  const label = `m${index} applies p${partition}@${head.offset} ${nameOf(head.record)}${isOfOldLog ? ' of the old log' : ''}`;
  steps.add(label, (state) => {
    const member = memberOf(state, index);
    if (isOfOldLog) member.ofOldLog[partition].shift();
    else member.next[partition] += 1;
    return applyOnce(setting, state, { ...head, by: index, partition, logId: member.logId });
  });
}

function headOf({ log }: MembersState, { next }: Member, partition: Partition): Read | undefined {
  const offset = next[partition];
  const record = log[partition][offset];
  return record === undefined ? undefined : { offset, record };
}

/**
 * Applies in the cache; where the member has marks of its own, in one place now and in the other by a step of its own.
 */
function applyOnce(setting: Setting, state: MembersState, applying: Applying): string | undefined {
  const { rules } = setting;
  const member = memberOf(state, applying.by);
  const { by: _, ...half } = applying;
  if (rules.hot === 'marked' && rules.order === 'hotFirst') {
    markOwn(member, applying.record);
    member.halfApplied.push(half);
    return 'to its hot entry, not yet to the cache';
  }
  const refused = apply(setting, state, applying);
  if (rules.hot === 'marked' && refused !== 'gap') member.halfApplied.push(half);
  return refused;
}

function addSecondHalf(steps: Steps, setting: Setting, index: number): void {
  const [half] = memberOf(steps.from, index).halfApplied;
  if (half === undefined) return;
  const isHotFirst = setting.rules.order === 'hotFirst';
  steps.add(isHotFirst ? `what m${index} applies reaches the cache` : `m${index} marks its hot entry: ${nameOf(half.record)}`, (state) => {
    const member = memberOf(state, index);
    member.halfApplied.shift();
    if (isHotFirst) return apply(setting, state, { ...half, by: index });
    markOwn(member, half.record);
    return undefined;
  });
}

function markOwn(member: Member, record: LogRecord): void {
  if (record.kind === 'heartbeat') return;
  const { own } = member;
  const clock = own.clock + 1;
  if (record.kind === 'version') member.own = { ...own, clock, hardVersion: Math.max(own.hardVersion, record.version) };
  else member.own = { ...own, clock, hardEpoch: clock };
}
