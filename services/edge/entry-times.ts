/** What an origin answered as an entry of the cache, with the times until which it is fresh, stale, and kept. */
import type { CacheEntry } from './cache/cache.ts';
import type { OriginAnswer } from './origin-client.ts';

export interface EntryLifetimes {
  readonly freshMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly negativeMs: number;
}

/** The longest an entry can live in the cache. */
export function entryLifeMsMax({ freshMs, staleWhileRevalidateMs, staleIfErrorMs, negativeMs }: EntryLifetimes): number {
  return Math.max(freshMs + Math.max(staleWhileRevalidateMs, staleIfErrorMs), negativeMs);
}

/** `askedAt`: when the origin was asked, wall clock, ms since 1970: what it said may be as old as that. */
export function toEntry(answer: Exclude<OriginAnswer, { kind: 'unchanged' }>, askedAt: number, lifetimes: EntryLifetimes): CacheEntry {
  const known =
    answer.kind === 'content'
      ? { version: answer.content.version, content: answer.content, etag: answer.etag }
      : { version: answer.version, content: null, etag: '' };
  return timed(known, askedAt, lifetimes);
}

/** The same content, asked for at `askedAt`. */
export function timed(
  { version, content, etag }: Pick<CacheEntry, 'version' | 'content' | 'etag'>,
  askedAt: number,
  { freshMs, staleWhileRevalidateMs, staleIfErrorMs, negativeMs }: EntryLifetimes,
): CacheEntry {
  const freshUntil = askedAt + (content === null ? negativeMs : freshMs);
  const staleMs = content === null ? 0 : staleWhileRevalidateMs;
  const lifeAfterMs = content === null ? 0 : Math.max(staleWhileRevalidateMs, staleIfErrorMs);
  return {
    version,
    content,
    etag,
    fetchedAt: askedAt,
    freshUntil,
    staleUntil: freshUntil + staleMs,
    expiresAt: freshUntil + lifeAfterMs,
  };
}
