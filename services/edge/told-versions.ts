/**
 * What the cache holds, as a reader would be told: the marks do not know the lease. Nobody reads for it, so an entry's
 * own fetch is dated by how long it is fresh.
 */
import type { VersionRow } from '../protocol/edge-api.ts';
import type { CachedVersion } from './cache/cache.ts';
import type { EntryLifetimes } from './entry-times.ts';
import type { Lease } from './lease.ts';

export interface ToldBy {
  readonly lease: Lease;
  readonly lifetimes: EntryLifetimes;
  /** Wall clock: up to when everything is known to be in the cache; undefined: nothing says so. */
  readonly upTo: number | undefined;
}

export function toldVersion({ key, version, state, freshUntil, isMissing }: CachedVersion, { lease, lifetimes, upTo }: ToldBy): VersionRow {
  if (state !== 'fresh') return { key, version, state };
  const fetchedAt = freshUntil - (isMissing ? lifetimes.negativeMs : lifetimes.freshMs);
  const { isOut } = lease.of(key, Math.max(fetchedAt, upTo ?? Number.NEGATIVE_INFINITY));
  // A 404 is never stale.
  return { key, version, state: isOut ? (isMissing ? 'invalid' : 'stale') : state };
}
