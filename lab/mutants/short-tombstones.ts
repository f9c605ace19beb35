/**
 * A mark pruned early without raising the floor: what was invalidated a moment ago is forgotten, and a slow fetch
 * brings it back.
 */
import type { Application, ApplyOutcome, CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { CacheStore } from '../../services/edge/cache/store.ts';
import { cacheServerOf } from './cache-server.ts';
import type { Mutant } from './mutant.ts';

const KEPT_MS = 300;

/**
 * Lookups judge as ever; only fills forget. A fill of what was forgotten is told as one of the version that is asked
 * for.
 */
class ForgetfulStore extends CacheStore {
  /** By key: when its last mark came. */
  readonly #markedAt = new Map<string, number>();
  /** Filled past a forgotten mark: what is really held. */
  readonly #revived = new Map<string, CacheEntry>();

  override lookup(key: string, now: number): ReturnType<CacheStore['lookup']> {
    const found = super.lookup(key, now);
    const entry = this.#revived.get(key);
    return entry === undefined || now >= entry.freshUntil ? found : { ...found, state: 'fresh', entry };
  }

  override fill(key: string, entry: CacheEntry, stamp: Stamp, now: number): FillOutcome {
    const outcome = super.fill(key, entry, stamp, now);
    const markedAt = this.#markedAt.get(key) ?? 0;
    if (outcome === 'stored') this.#revived.delete(key);
    else if (outcome === 'below-hard-minimum' && now - markedAt > KEPT_MS) {
      this.#revived.set(key, entry);
      return 'stored';
    }
    return outcome;
  }

  override apply(application: Application, now: number): ApplyOutcome {
    const outcome = super.apply(application, now);
    if (outcome !== 'applied') return outcome;
    const { type, target } = application.mark;
    if (type !== 'key') this.#revived.clear();
    else {
      this.#revived.delete(target);
      this.#markedAt.set(target, now);
    }
    return outcome;
  }

  override flush(): void {
    super.flush();
    this.#revived.clear();
  }
}

export const shortTombstones: Mutant = {
  name: 'short-tombstones',
  about: 'a mark is forgotten before the fetches that began before the mark have ended',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'version-regression', 'resurrection'],
  shownBy: 'delete-while-filling',
  cacheServer: cacheServerOf((options) => new ForgetfulStore(options)),
};
