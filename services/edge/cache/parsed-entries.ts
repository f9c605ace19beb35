/** The entries of Redis that were parsed last, by key: what Redis answers again and again is parsed once. */
import { LRUCache } from 'lru-cache';
import type { CacheEntry } from './cache.ts';
import { parsedEntry } from './redis-answers.ts';

/** Of their texts. */
const CHARACTERS_MAX = 8 * 1024 * 1024;

interface ParsedEntry {
  readonly body: string;
  readonly entry: CacheEntry;
}

export class ParsedEntries {
  readonly #parsed = new LRUCache<string, ParsedEntry>({ maxSize: CHARACTERS_MAX, sizeCalculation: ({ body }) => body.length });

  /** Throws CacheUnavailable when another program wrote it. */
  parse(key: string, body: string): CacheEntry {
    const known = this.#parsed.get(key);
    if (known?.body === body) return known.entry;
    const entry = parsedEntry(body);
    this.#parsed.set(key, { body, entry });
    return entry;
  }
}
