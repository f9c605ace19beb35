/**
 * How an answer is labelled, whatever it came from: what the marks say, what the edge knows to be missing, and its
 * lease.
 *
 *   of the cache    fresh by the marks, by an edge that knows of nothing missing, and within the lease of its basis
 *   of the origin   fresh within the lease since the origin was asked: whoever joined the fetch may have waited, and so
 *                   may this process
 */
import type { CacheEntry, Lookup } from './cache/cache.ts';
import type { Lease, Term } from './lease.ts';

export interface Answer {
  readonly entry: CacheEntry;
  readonly source: 'cache' | 'origin';
  readonly status: 'fresh' | 'stale';
  /** For Cache-Status: why the request went forward, and whether its answer was stored or shared. */
  readonly forwarded?: Forwarded;
  /** Where there is a lease. It is out: that alone makes the answer stale. */
  readonly term?: Term | undefined;
}

export interface Forwarded {
  readonly reason: 'miss' | 'stale' | 'bypass';
  readonly stored: boolean;
  readonly collapsed: boolean;
}

/** What the cache found, as the edge sees it. */
export interface Seen extends Lookup {
  readonly term?: Term | undefined;
}

/** `askedMs`: when the origin was asked, on the monotonic clock. */
export interface Fetched {
  readonly entry: CacheEntry;
  readonly askedMs: number;
}

export interface Landed extends Fetched {
  readonly stored: boolean;
}

/** `isKnown`: the edge knew of nothing missing before and after the lookup. The clock is read after it. */
export function seenAs(
  key: string,
  found: Lookup,
  { isKnown, lease }: { readonly isKnown: boolean; readonly lease: Lease | undefined },
): Seen {
  const isFresh = found.state === 'fresh' && isKnown;
  if (lease === undefined) return isFresh || found.state !== 'fresh' ? found : asOld(found);
  const term = lease.of(key, basisOf(found));
  if (isFresh) return { ...(term.isOut ? asOld(found) : found), term };
  return { ...(found.state === 'fresh' ? asOld(found) : found), term: { ...term, isOut: false } };
}

/** Whether it is the lease alone that makes it stale. */
export function isOutOfLease(key: string, found: Lookup, lease: Lease): boolean {
  return found.state === 'fresh' && lease.isOn && lease.of(key, basisOf(found)).isOut;
}

/** undefined: a 404 whose lease is out. A 404 is never stale: the reader asks again. */
export function labelled({ entry, askedMs }: Fetched, forwarded: Forwarded, lease: Lease | undefined): Answer | undefined {
  const term = lease?.ofAnswer(entry.fetchedAt, askedMs);
  if (term?.isOut && entry.content === null) return undefined;
  return { entry, source: 'origin', status: term?.isOut ? 'stale' : 'fresh', forwarded, term };
}

/** A 404 is never stale. */
function asOld(found: Lookup): Lookup {
  return found.entry?.content === null ? { ...found, state: 'invalid', entry: null } : { ...found, state: 'stale' };
}

/** Up to when everything is known to be in an entry. Both times were found in one step. */
function basisOf({ entry, beat }: Lookup): number {
  return Math.max(entry?.fetchedAt ?? Number.NEGATIVE_INFINITY, beat ?? Number.NEGATIVE_INFINITY);
}
