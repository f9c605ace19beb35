/** An entry as Redis keeps it: one string, whose layout `lua/judge.ts` tells. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { content } from '../../protocol/content.ts';
import type { CacheEntry, Stamp } from './cache.ts';

const cacheEntry = z.object({
  version: z.int().nonnegative(),
  content: content.nullable(),
  etag: z.string(),
  fetchedAt: z.number(),
  freshUntil: z.number(),
  staleUntil: z.number(),
  expiresAt: z.number(),
});

/**
 * Of the name of a life the end, which is drawn by chance: enough to tell one from another. As many as `lua/judge.ts`
 * compares.
 */
const LIFE_LENGTH = 12;

export interface StoredEntry {
  /** JSON, as the scripts read it. */
  readonly tags: string;
  readonly text: string;
}

export function toStored(entry: CacheEntry, { clock, life }: Stamp): StoredEntry {
  const { version, content: held, freshUntil, expiresAt } = entry;
  // Half a surrogate pair would reach Redis as another character: here as in the marks, so the two still meet.
  const tags = JSON.stringify((held?.tags ?? []).map((tag) => tag.toWellFormed()));
  const line = [version, clock, freshUntil, expiresAt, held === null ? 1 : 0, Buffer.byteLength(tags), life.slice(-LIFE_LENGTH)].join(' ');
  return { tags, text: `${line}\n${tags}${JSON.stringify(entry)}` };
}

/** Throws when another program wrote it. */
export function parseStored(body: string): CacheEntry {
  return cacheEntry.parse(JSON.parse(body));
}
