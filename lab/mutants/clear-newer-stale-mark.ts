/**
 * As the original EdgeSync had it: a revalidation clears the stale mark of its key, also one that came while it was
 * under way.
 */
import type { Application, ApplyOutcome, CacheEntry, FillOutcome, Lookup, Stamp } from '../../services/edge/cache/cache.ts';
import { CacheStore } from '../../services/edge/cache/store.ts';
import { cacheServerOf } from './cache-server.ts';
import type { Mutant } from './mutant.ts';

class ClearingStore extends CacheStore {
  /** Keys filled after the last mark. */
  readonly #cleared = new Set<string>();

  override lookup(key: string, now: number): Lookup {
    const found = super.lookup(key, now);
    const isCleared = found.state === 'stale' && this.#cleared.has(key) && found.entry !== null && now < found.entry.freshUntil;
    return isCleared ? { ...found, state: 'fresh' } : found;
  }

  override fill(key: string, entry: CacheEntry, stamp: Stamp, now: number): FillOutcome {
    const outcome = super.fill(key, entry, stamp, now);
    if (outcome === 'stored') this.#cleared.add(key);
    return outcome;
  }

  override apply(application: Application, now: number): ApplyOutcome {
    const outcome = super.apply(application, now);
    const { type, target } = application.mark;
    if (outcome === 'applied' && type === 'key') this.#cleared.delete(target);
    else if (outcome === 'applied') this.#cleared.clear();
    return outcome;
  }
}

export const clearNewerStaleMark: Mutant = {
  name: 'clear-newer-stale-mark',
  about: 'a revalidation clears a stale mark that came while the revalidation was under way',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'purge-ignored'],
  shownBy: 'stale-set-race',
  cacheServer: cacheServerOf((options) => new ClearingStore(options)),
};
