/**
 * The versions answered while the cache did not answer. When it is back, a cached version below one of them is invalid:
 * nobody is served an older version than was served before. Bounded; once full, a hard epoch of all takes its place.
 */
const KEYS_MAX = 10_000;

export class RememberedVersions {
  readonly #versions = new Map<string, number>();
  /** Answers there was no room for, since the last hard epoch of all. */
  #overflows = 0;
  #flushing: Promise<void> | undefined;

  remember(key: string, version: number): void {
    const known = this.#versions.get(key);
    if (known === undefined && this.#versions.size >= KEYS_MAX) {
      this.#overflows += 1;
      return;
    }
    this.#versions.set(key, Math.max(known ?? 0, version));
  }

  /** The lowest version of the key that may still be served from the cache. */
  minimum(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  /** Must have resolved before anything cached is served: when there was no room, flushes first, once for all who ask. */
  async ready(flush: () => Promise<void>): Promise<void> {
    if (this.#overflows === 0) return;
    this.#flushing ??= this.#flush(flush).finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /** Forgets before the flush, not after it: what is answered while it is under way is remembered. */
  async #flush(flush: () => Promise<void>): Promise<void> {
    const overflows = this.#overflows;
    this.#versions.clear();
    await flush();
    this.#overflows -= overflows;
  }
}
