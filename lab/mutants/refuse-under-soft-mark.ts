/**
 * A fence that is too strict: a soft mark, too, refuses what a fetch from before it brings. A key that changes more
 * often than a fetch takes is then never stored again, and a lazy region serves its first version, labelled stale, for
 * as long as that goes on.
 */
import type { Application, ApplyOutcome, CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { CacheStore } from '../../services/edge/cache/store.ts';
import { cacheServerOf } from './cache-server.ts';
import type { Mutant } from './mutant.ts';

class RefusingStore extends CacheStore {
  /** By key, the highest version a soft mark asks for. */
  readonly #softMinimum = new Map<string, number>();

  override apply(application: Application, now: number): ApplyOutcome {
    const outcome = super.apply(application, now);
    const { type, target, mode, version = 0 } = application.mark;
    if (outcome === 'applied' && type === 'key' && mode === 'soft')
      this.#softMinimum.set(target, Math.max(version, this.#softMinimum.get(target) ?? 0));
    return outcome;
  }

  override fill(key: string, entry: CacheEntry, stamp: Stamp, now: number): FillOutcome {
    if (entry.version < (this.#softMinimum.get(key) ?? 0)) return 'below-hard-minimum';
    return super.fill(key, entry, stamp, now);
  }
}

export const refuseUnderSoftMark: Mutant = {
  name: 'refuse-under-soft-mark',
  about: 'a stale mark that comes while a revalidation is under way makes the cache refuse the answer of the revalidation',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'mislabelled'],
  shownBy: 'outpaced-fetch',
  cacheServer: cacheServerOf((options) => new RefusingStore(options)),
};
