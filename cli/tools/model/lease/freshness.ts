/**
 * The property of the lease: when a read that begins now would be called fresh, its answer reflects all that could be
 * seen at the origin lease + skew ago. It is checked in every state, so a read costs no step. Slow reads and fetches
 * are checked when they are answered.
 */
import type { Setting } from './sizes.ts';
import type { Cache, Entry, LeaseState, Mark } from './state.ts';

/** What the marks of a cache say of an entry. */
export function markOf(cache: Cache, { version, clock }: Pick<Entry, 'version' | 'clock'>): Mark {
  if (version < cache.hardVersion || clock < cache.hardEpoch) return 'invalid';
  return version < cache.softVersion || clock < cache.softEpoch ? 'stale' : 'fresh';
}

/** The heartbeat that the lease of the region begins at. */
export function heartbeatOf({ rules: { beats, over } }: Setting, state: LeaseState): number {
  const heartbeats = beats === 'memory' ? state.heartbeatsInMemory : state.cache.heartbeats;
  if (over === 'lowest') return Math.min(...heartbeats);
  return over === 'one' ? heartbeats[1] : Math.max(...heartbeats);
}

/** Whether a lease that begins at that time holds now. */
export function holdsLease({ rules, sizes }: Setting, state: LeaseState, beginsAt: number): boolean {
  if (!rules.lease) return true;
  if (rules.byTimer) return state.isFlagUp;
  return beginsAt >= state.time - sizes.lease && (rules.future === 'taken' || beginsAt <= state.time + sizes.skew);
}

/** What the property forbids of an answer that is called fresh, to a read that began at `since`. */
export function tooOld(
  { sizes: { lease, skew } }: Setting,
  state: LeaseState,
  { version, readAt, since }: { readonly version: number; readonly readAt: number; readonly since: number },
): readonly string[] {
  const bound = lease + skew;
  const supersededAt = state.committedAt[version + 1] ?? 0;
  const isOld = version < state.version && since - supersededAt > bound;
  const age = `age: v${version} called fresh ${since - supersededAt} after v${version + 1} was committed (bound ${bound})`;
  const purges = state.purgedAt.filter((at) => readAt < at && since - at > bound);
  return [
    ...(isOld ? [age] : []),
    ...purges.map((at) => `age: an answer got before the purge at ${at} called fresh ${since - at} after it (bound ${bound})`),
  ];
}

/** What a read would violate that begins in this state. */
export function checkRead(setting: Setting, state: LeaseState): readonly string[] {
  const { entry } = state.cache;
  if (markOf(state.cache, entry) !== 'fresh') return [];
  const beginsAt = Math.max(heartbeatOf(setting, state), entry.fetchedAt);
  return holdsLease(setting, state, beginsAt) ? tooOld(setting, state, { ...entry, since: state.time }) : [];
}
