/** Flushes, fetches, and reads that are noted because a later answer must not be below them. */
import { invalidateAll, isServable, memberOf } from './cache.ts';
import { dropHot, dropTold } from './member.ts';
import type { Setting } from './sizes.ts';
import type { Fetch, MembersState } from './state.ts';
import type { Steps } from './steps.ts';

export function addReadSteps(steps: Steps, setting: Setting, index: number): void {
  const { from } = steps;
  const { cache, version } = from;
  const { isAway, life } = memberOf(from, index);
  if (!isAway && life === cache.life) addCacheSteps(steps, setting, index);
  steps.spend('readsThrough', `m${index} does not reach the cache and answers v${version} of the origin`, (state) => {
    const member = memberOf(state, index);
    member.remembered = version;
    member.isAway = true;
    dropTold(member);
    state.seen.push({ version, at: setting.rules.remembered === 'shared' ? null : state.time, by: index });
    return undefined;
  });
  if (!isAway || life !== cache.life) return;
  steps.add(`m${index} reaches the cache again`, (state) => {
    memberOf(state, index).isAway = false;
    if (setting.rules.remembered === 'shared') shareRemembered(state, index);
    return undefined;
  });
}

/** The versions that a member has answered bind every member from now on. */
function shareRemembered(state: MembersState, index: number): void {
  const { cache, time } = state;
  const member = memberOf(state, index);
  cache.hardVersion = Math.max(cache.hardVersion, member.remembered);
  cache.clock += 1;
  cache.markedAt = cache.clock;
  member.remembered = 0;
  member.changedTo = { clock: cache.clock, fills: cache.fills };
  state.seen = state.seen.map((seen) => (seen.by === index && seen.at === null ? { ...seen, at: time } : seen));
}

function addCacheSteps(steps: Steps, { rules }: Setting, index: number): void {
  const { cache, fetches, version } = steps.from;
  steps.spend('flushes', `m${index} flushes`, (state) => {
    invalidateAll(state.cache);
    if (rules.dropsOwn) dropHot(memberOf(state, index), state.cache);
    state.applied.push({ event: { kind: 'purge', committedAt: state.time }, at: state.time, by: index });
    return undefined;
  });
  const fetch = fetches.find(({ member }) => member === index);
  if (fetch === undefined) {
    steps.spend('fetches', `m${index} fetches v${version}`, (state) => {
      const { clock, life } = state.cache;
      state.fetches.push({ member: index, version, fetchedAt: state.time, clock, life });
      return undefined;
    });
  } else {
    steps.add(`m${index} fills v${fetch.version}`, (state) => {
      state.fetches = state.fetches.filter(({ member }) => member !== index);
      const isStored = fill(state, fetch);
      if (isStored && rules.dropsOwn) dropHot(memberOf(state, index), state.cache);
      return isStored ? 'stored' : 'refused';
    });
  }
  if (!isServable(cache, cache.entry)) return;
  steps.spend('reads', `m${index} answers a reader v${cache.entry.version} from the cache`, (state) => {
    state.seen.push({ version: cache.entry.version, at: state.time, by: index });
    if (rules.dropsAnswered) dropHot(memberOf(state, index), state.cache);
    return undefined;
  });
}

/** Stores what was fetched, unless an invalidation or a newer entry was faster. Answers whether it was stored. */
function fill({ cache }: MembersState, { version, fetchedAt, clock, life }: Fetch): boolean {
  const { entry } = cache;
  if (life !== cache.life || !isServable(cache, { version, clock })) return false;
  if (entry.version > version || (entry.version === version && entry.clock > clock)) return false;
  cache.entry = { version, clock, fetchedAt, readAt: fetchedAt };
  cache.fills += 1;
  cache.filledAt = cache.fills;
  return true;
}
