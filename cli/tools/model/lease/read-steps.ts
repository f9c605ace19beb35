/** Fetches, reads whose answer takes a step of its own, and the timer of the lease where it is a flag. */
import { heartbeatOf, holdsLease, markOf, tooOld } from './freshness.ts';
import type { Setting } from './sizes.ts';
import type { Fetch, LeaseState } from './state.ts';
import type { Steps } from './steps.ts';

/** A reader may start a fetch whenever it likes: a miss, or a revalidation. */
export function addReadSteps(steps: Steps, setting: Setting): void {
  const { from } = steps;
  if (from.fetches.length < setting.sizes.fetchesAtOnceMax) {
    steps.spend('fetches', `fetch begins (asked at ${from.time})`, (state) => {
      state.fetches.push({ askedAt: state.time, clock: state.cache.clock, life: state.cache.life, version: 0, readAt: 0 });
      return undefined;
    });
  }
  for (const [index, fetch] of from.fetches.entries()) addFetch(steps, setting, { index, fetch });
  addSlowRead(steps, setting);
  const beginsAt = Math.max(heartbeatOf(setting, from), from.cache.entry.fetchedAt);
  if (setting.rules.byTimer && from.isFlagUp && beginsAt < from.time - setting.sizes.lease) {
    steps.add('the timer of the lease fires', (state) => {
      state.isFlagUp = false;
      return undefined;
    });
  }
}

function addFetch(steps: Steps, setting: Setting, { index, fetch }: { readonly index: number; readonly fetch: Fetch }): void {
  if (fetch.version === 0) {
    steps.add('fetch reads the origin', (state) => {
      state.fetches[index] = { ...fetch, version: state.version, readAt: state.time };
      return `v${state.version}`;
    });
    return;
  }
  steps.add(`fetch answers v${fetch.version}`, (state, violations) => {
    state.fetches.splice(index, 1);
    if (isCalledFresh(setting, state, fetch)) violations.push(...tooOld(setting, state, { ...fetch, since: state.time }));
    return fill(setting, state, fetch);
  });
}

/** Whether a read that joins the fetch now would have its answer called fresh. */
function isCalledFresh(setting: Setting, state: LeaseState, fetch: Fetch): boolean {
  const isLeased = setting.rules.labelOrigin === 'fresh' || holdsLease(setting, state, fetch.askedAt);
  return isLeased && markOf(state.cache, fetch) === 'fresh';
}

/** Stores what was fetched, unless an invalidation or a newer entry was faster. */
function fill({ rules }: Setting, { cache, time }: LeaseState, { askedAt, clock, life, version, readAt }: Fetch): string {
  if (life !== cache.life || markOf(cache, { version, clock }) === 'invalid') return 'not stored';
  const { entry } = cache;
  if (entry.version > version || (entry.version === version && entry.clock > clock)) return 'newer stored';
  cache.entry = { version, clock, fetchedAt: rules.fetchedAt === 'asked' ? askedAt : time, readAt };
  return 'stored';
}

/** A lookup and the heartbeat that labels its answer are read one after the other. */
function addSlowRead(steps: Steps, setting: Setting): void {
  const { slowRead } = steps.from;
  if (setting.rules.beatRead !== 'atomic' && slowRead === null) {
    steps.spend('slowReads', 'a read looks up', (state) => {
      const { entry } = state.cache;
      const mark = markOf(state.cache, entry);
      state.slowRead = { entry, mark, heartbeat: heartbeatOf(setting, state), at: state.time };
      return mark;
    });
  }
  if (slowRead === null) return;
  steps.add('the read is answered', (state, violations) => {
    const { entry, mark, heartbeat, at } = slowRead;
    state.slowRead = null;
    const beginsAt = Math.max(setting.rules.beatRead === 'before' ? heartbeat : heartbeatOf(setting, state), entry.fetchedAt);
    if (mark !== 'fresh' || !holdsLease(setting, state, beginsAt)) return undefined;
    violations.push(...tooOld(setting, state, { ...entry, since: at }));
    return 'fresh';
  });
}
