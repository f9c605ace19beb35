/** Lookups that are kept as hot entries, and questions for what has changed; the answers take a step of their own. */
import { isServable, memberOf } from './cache.ts';
import type { Changes, Lookup, Question, Told } from './member.ts';
import type { Setting } from './sizes.ts';
import type { MembersState } from './state.ts';
import type { Steps } from './steps.ts';

export function addHotSteps(steps: Steps, setting: Setting, index: number): void {
  const { rules } = setting;
  if (rules.hot === 'off') return;
  addLookup(steps, setting, index);
  if (rules.hot === 'confirmed') addQuestion(steps, setting, index);
  if (rules.hot === 'marked' || rules.leaseOf !== 'latest' || memberOf(steps.from, index).isAway) return;
  steps.spend('otherLookups', `m${index} looks up another key`, (state) => {
    hear(state, index, tell(state));
    return undefined;
  });
}

/** What each script of the cache tells. */
function tell({ cache, time }: MembersState): Told & Changes {
  const { clock, fills, heartbeats, offsets } = cache;
  return { at: time, heartbeat: Math.min(...heartbeats), offsets: [...offsets], clock, fills };
}

function hear(state: MembersState, index: number, { heartbeat }: Told): void {
  const member = memberOf(state, index);
  member.latestHeartbeat = Math.max(member.latestHeartbeat, heartbeat);
}

function addLookup(steps: Steps, setting: Setting, index: number): void {
  const { cache } = steps.from;
  const { isAway, lookup, life } = memberOf(steps.from, index);
  if (!isAway && lookup === null && life === cache.life && isServable(cache, cache.entry)) {
    steps.spend('lookups', `m${index} looks up v${cache.entry.version}`, (state) => {
      const member = memberOf(state, index);
      member.lookup = { ...tell(state), entry: cache.entry, ownClock: member.own.clock };
      return undefined;
    });
  }
  if (lookup !== null) steps.add(`the answer reaches m${index}`, (state) => keep(setting, state, { index, lookup }));
}

/** Keeps what was looked up, unless something has changed since. */
function keep({ rules }: Setting, state: MembersState, { index, lookup }: { readonly index: number; readonly lookup: Lookup }): string {
  const member = memberOf(state, index);
  const { confirmedTo, changedTo } = member;
  member.lookup = null;
  const isLate = lookup.clock < Math.max(confirmedTo.clock, changedTo.clock) || lookup.fills < Math.max(confirmedTo.fills, changedTo.fills);
  if (rules.hot !== 'marked' && rules.lateLookup === 'refused' && isLate) return 'too late';
  const { entry, heartbeat, offsets } = lookup;
  const at = rules.hot === 'timed' && rules.countsFrom === 'received' ? state.time : lookup.at;
  const ownClock = rules.stampedAt === 'answer' ? member.own.clock : lookup.ownClock;
  member.hot = { entry, at, heartbeat, offsets, ownClock };
  hear(state, index, lookup);
  return 'kept';
}

function addQuestion(steps: Steps, setting: Setting, index: number): void {
  const { rules } = setting;
  const { cache } = steps.from;
  const { isAway, question, life, confirmedTo } = memberOf(steps.from, index);
  if (!isAway && question === null && (life === cache.life || !rules.dropsAtNewLife)) {
    steps.spend('questions', `m${index} asks what has changed`, (state) => {
      const hasChanged = cache.markedAt > confirmedTo.clock || (rules.namesFills && cache.filledAt > confirmedTo.fills);
      memberOf(state, index).question = { ...tell(state), hasChanged };
      return undefined;
    });
  }
  if (question === null) return;
  const what = question.hasChanged ? 'that the key has changed' : 'that nothing has changed';
  steps.add(`m${index} hears ${what}`, (state) => confirm(setting, state, { index, question }));
}

function confirm({ rules }: Setting, state: MembersState, { index, question }: { readonly index: number; readonly question: Question }) {
  const member = memberOf(state, index);
  const { confirmedTo } = member;
  const { clock, fills, heartbeat, offsets, hasChanged } = question;
  member.question = null;
  if (hasChanged) member.hot = null;
  member.confirmedTo = { clock: Math.max(confirmedTo.clock, clock), fills: Math.max(confirmedTo.fills, fills) };
  member.confirmation = { at: rules.countsFrom === 'sent' ? question.at : state.time, heartbeat, offsets };
  hear(state, index, question);
  return undefined;
}
