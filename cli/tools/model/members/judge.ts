/**
 * What must hold of every answer that a member may give now. A hot answer may lag by the time that a hot entry is good;
 * where the member itself made the change, it may not. Marks of its own excuse nothing. A violation is a sentence that
 * begins with its kind.
 */
import { PARTITIONS } from '../partitions.ts';
import { type Answer, answersOf } from './answers.ts';
import type { Entry, Invalidation } from './records.ts';
import type { Setting } from './sizes.ts';
import type { MembersState } from './state.ts';

export type Kind =
  /** What was invalidated is not answered. */
  | 'hard'
  /** No answer is below an earlier one. */
  | 'order'
  /** A started member calls nothing fresh that was superseded in the log before. */
  | 'restart'
  /** What is called fresh reflects what was committed a lease ago. */
  | 'age'
  /** When nothing is pending, the cache answers no superseded version. */
  | 'lost';

export function judge(setting: Setting, state: MembersState): readonly string[] {
  const isAtRest = isQuiet(state);
  return state.members.flatMap((_, index) =>
    answersOf(setting, state, index).flatMap((answer) => {
      const lag = answer.source === 'hot' && setting.rules.hot !== 'marked' ? setting.sizes.hot : 0;
      const judged: Judged = { state, setting, answer, by: index, lag };
      const fresh = answer.isFresh ? [...judgeRestart(judged), ...judgeAge(judged)] : [];
      return [...judgeInvalidations(judged), ...judgeOrder(judged), ...fresh, ...(isAtRest ? judgeRest(judged) : [])];
    }),
  );
}

interface Judged {
  readonly setting: Setting;
  readonly state: MembersState;
  readonly answer: Answer;
  readonly by: number;
  /** By how much the answer may lag. */
  readonly lag: number;
}

function said({ by, answer: { entry, isFresh, source } }: Judged): string {
  return `m${by} answers v${entry.version}, ${isFresh ? 'fresh' : 'stale'}, from ${source === 'hot' ? 'its hot entry' : 'the cache'}`;
}

function isBelow({ version, readAt }: Entry, event: Invalidation): boolean {
  return event.kind === 'version' ? version < event.version : readAt < event.committedAt;
}

function judgeInvalidations(judged: Judged): readonly string[] {
  const { state, setting, answer, by, lag } = judged;
  const isOwnBinding = answer.source === 'hot' && setting.rules.hot !== 'marked';
  return state.applied
    .filter(({ event }) => isBelow(answer.entry, event))
    .filter(({ at, by: applier }) => state.time - at > lag || (isOwnBinding && applier === by))
    .map(({ event, at, by: applier }) => {
      const what = event.kind === 'version' ? `v${event.version}` : 'a purge';
      return `hard: ${said(judged)}, though m${applier} applied ${what} at ${at}`;
    });
}

function judgeOrder(judged: Judged): readonly string[] {
  const { state, answer, by, lag } = judged;
  return state.seen
    .filter(({ version }) => answer.entry.version < version)
    .filter(({ at, by: answerer }) => answerer === by || (at !== null && state.time - at > lag))
    .map(({ version, by: answerer }) => `order: ${said(judged)}, though m${answerer} had answered v${version}`);
}

function judgeRestart(judged: Judged): readonly string[] {
  const { state, answer, by } = judged;
  const { version = 0, purgedAt = 0 } = state.members[by]?.inLogAtStart ?? {};
  const isSuperseded = answer.entry.version < version || answer.entry.readAt < purgedAt;
  const what = answer.entry.version < version ? `v${version}` : 'a purge';
  return isSuperseded ? [`restart: ${said(judged)}, though ${what} was in the log at its start`] : [];
}

function judgeAge(judged: Judged): readonly string[] {
  const { state, setting, answer, lag } = judged;
  if (setting.rules.lease === 'off') return [];
  const { version, readAt } = answer.entry;
  const supersededAt = state.committedAt[version + 1];
  const boundaries = [
    ...(version < state.version && supersededAt !== undefined ? [{ what: `v${version + 1}`, at: supersededAt }] : []),
    ...state.purgedAt.filter((at) => readAt < at).map((at) => ({ what: 'a purge', at })),
  ];
  return boundaries
    .filter(({ at }) => state.time - at > setting.sizes.lease + lag)
    .map(({ what, at }) => `age: ${said(judged)}, ${state.time - at} after ${what} was committed`);
}

function judgeRest(judged: Judged): readonly string[] {
  const { state, setting, answer } = judged;
  const mayLag = answer.source === 'hot' && setting.rules.hot !== 'marked';
  if (answer.entry.version >= state.version || mayLag) return [];
  return [`lost: nothing is pending, ${said(judged)}, and the origin has v${state.version}`];
}

function isQuiet({ log, logId, cache, members, fetches }: MembersState): boolean {
  if (cache.logId !== logId || fetches.length > 0) return false;
  const areQuiet = members.every(
    (member) =>
      member.lookup === null &&
      member.question === null &&
      member.halfApplied.length === 0 &&
      member.logId === logId &&
      PARTITIONS.every((each) => !member.owns[each] || member.next[each] === log[each].length),
  );
  return areQuiet && PARTITIONS.every((each) => members.some(({ owns }) => owns[each]));
}
