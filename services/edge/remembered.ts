/**
 * The versions answered while the cache did not answer. When it is back, a cached version below one of them is invalid:
 * nobody is served an older version than was served before. Bounded; once full, a hard epoch of all takes its place.
 *
 * Where other edges of the region answer from the cache it is told of them. What it has taken need not be remembered
 * here any more.
 */
import { CacheUnavailable } from './cache/cache.ts';

const KEYS_MAX = 10_000;
/** The cache is busy with as many in one step. */
const TOLD_MAX = 500;

/** What was remembered of a key when the cache was asked for it. */
export interface Remembered {
  readonly minimum: number;
  /** Of the answers there was no room for, how many a hard epoch of all had taken the place of. */
  readonly madeUpFor: number;
}

export class RememberedVersions {
  readonly #versions = new Map<string, number>();
  /** Answers there was no room for, ever. */
  #overflows = 0;
  #madeUpFor = 0;
  #flushing: Promise<void> | undefined;
  #isTelling = false;

  /** Answers whether that is more than was known: false says that every fetch begun since then brings as much. */
  remember(key: string, version: number): boolean {
    const known = this.#versions.get(key);
    if (known === undefined && this.#versions.size >= KEYS_MAX) {
      this.#overflows += 1;
      return true;
    }
    if (known !== undefined && version <= known) return false;
    this.#versions.set(key, version);
    return true;
  }

  /** The lowest version of the key that may still be served from the cache. */
  minimum(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  /** To be taken before the cache is asked, for `allows`. */
  of(key: string): Remembered {
    return { minimum: this.minimum(key), madeUpFor: this.#madeUpFor };
  }

  /**
   * Whether a version that the cache answered may be served. What counts is what was remembered when it was asked, and
   * what has come since: the one may be forgotten by now, for a flush that this answer did not see; of the other some
   * may have found no room.
   */
  allows(key: string, version: number, asked: Remembered): boolean {
    return version >= Math.max(asked.minimum, this.minimum(key)) && this.#overflows <= asked.madeUpFor;
  }

  /**
   * Must have resolved before anything cached is served: when there was no room, flushes first, once for all who ask.
   */
  async ready(flush: () => Promise<void>): Promise<void> {
    if (this.#overflows === this.#madeUpFor) return;
    this.#flushing ??= this.#flush(flush).finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /**
   * Begins to tell the cache, unless that is under way or there is nothing to tell. Until it has taken them they are
   * remembered here.
   */
  tell(raise: (versions: ReadonlyMap<string, number>) => Promise<void>): void {
    if (this.#isTelling || this.#versions.size === 0) return;
    this.#isTelling = true;
    void this.#tell(raise, new Map([...this.#versions].slice(0, TOLD_MAX))).finally(() => {
      this.#isTelling = false;
    });
  }

  async #tell(raise: (versions: ReadonlyMap<string, number>) => Promise<void>, told: ReadonlyMap<string, number>): Promise<void> {
    try {
      await raise(told);
    } catch (error) {
      if (error instanceof CacheUnavailable) return;
      throw error;
    }
    for (const [key, version] of told) if (this.#versions.get(key) === version) this.#versions.delete(key);
  }

  /** Forgets before the flush, not after it: what is answered while it is under way is remembered. */
  async #flush(flush: () => Promise<void>): Promise<void> {
    const overflows = this.#overflows;
    this.#versions.clear();
    await flush();
    this.#madeUpFor = overflows;
  }
}
