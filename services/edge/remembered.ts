/**
 * The versions answered while the cache did not answer. When it is back, a cached version below one of them is invalid:
 * nobody is served an older version than was served before. Bounded; once full, a hard epoch of all takes its place.
 */
const KEYS_MAX = 10_000;

export class RememberedVersions {
  readonly #versions = new Map<string, number>();
  #overflowed = false;

  remember(key: string, version: number): void {
    const known = this.#versions.get(key);
    if (known === undefined && this.#versions.size >= KEYS_MAX) {
      this.#overflowed = true;
      return;
    }
    this.#versions.set(key, Math.max(known ?? 0, version));
  }

  /** The lowest version of the key that may still be served from the cache. */
  minimum(key: string): number {
    return this.#versions.get(key) ?? 0;
  }

  /** More keys were answered than could be kept: the cache needs a hard epoch of all, then `forget`. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  forget(): void {
    this.#versions.clear();
    this.#overflowed = false;
  }
}
