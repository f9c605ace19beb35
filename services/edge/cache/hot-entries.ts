/**
 * What is held hot, bounded by bytes. Two generations: what is held goes to the young one. When that is full, or as old
 * as anything may be held, it becomes the old one, and the old one is dropped whole. So what was asked of the cache
 * longest ago goes first, and with it what nobody has used since: what is used is asked anew each time its moment is
 * over. No step takes longer for more entries.
 */
import { BYTES_HELD, bytesOf } from './bytes-of.ts';
import type { Lookup } from './cache.ts';

/** When a lookup was sent, and what the edge knew then. */
export interface Asked {
  /** By the monotonic clock. */
  readonly sentMs: number;
  /** The spell of being up to date; undefined: it was not. */
  readonly spell: number | undefined;
}

export interface Hot extends Asked {
  readonly found: Lookup;
}

export class HotEntries {
  readonly #bytesMax: number;
  readonly #hotMs: number;
  #young = new Map<string, Hot>();
  #old = new Map<string, Hot>();
  #youngBytes = 0;
  #sinceMs = 0;

  constructor({ bytesMax, hotMs }: { readonly bytesMax: number; readonly hotMs: number }) {
    this.#bytesMax = bytesMax / 2;
    this.#hotMs = hotMs;
  }

  get(key: string): Hot | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** Of a key that is not held. What is too large is not held. */
  add(key: string, hot: Hot): void {
    const bytes = BYTES_HELD + 2 * key.length + bytesOf(hot.found.entry);
    if (bytes > this.#bytesMax) return;
    if (this.#youngBytes + bytes > this.#bytesMax || hot.sentMs - this.#sinceMs > this.#hotMs) this.#turn(hot.sentMs);
    this.#young.set(key, hot);
    this.#youngBytes += bytes;
  }

  /** Its bytes count until its generation is dropped. */
  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#turn(0);
    this.#old = new Map();
  }

  #turn(sinceMs: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
    this.#sinceMs = sinceMs;
  }
}
