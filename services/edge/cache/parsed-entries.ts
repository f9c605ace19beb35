/** The entries of Redis that were parsed last, by key: what Redis answers again and again is parsed once. */
import { LRUCache } from 'lru-cache';
import { BYTES_HELD, bytesOf } from './bytes-of.ts';
import type { CacheEntry } from './cache.ts';
import { parsedEntry } from './redis-answers.ts';

/** With the texts of Redis, and those written of them. */
const BYTES_MAX = 24 * 2 ** 20;

interface ParsedEntry {
  readonly body: string;
  readonly entry: CacheEntry;
}

export class ParsedEntries {
  readonly #parsed = new LRUCache<string, ParsedEntry>({
    maxSize: BYTES_MAX,
    sizeCalculation: ({ body, entry }) => BYTES_HELD + body.length + bytesOf(entry),
  });

  /** Throws CacheUnavailable when another program wrote it. */
  parse(key: string, body: string): CacheEntry {
    const known = this.#parsed.get(key);
    if (known?.body === body) return known.entry;
    const entry = parsedEntry(body);
    this.#parsed.set(key, { body, entry });
    return entry;
  }
}
