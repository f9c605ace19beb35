/**
 * As the original EdgeSync had it: what the cache refused counts as applied, and the offset goes on. The cache refuses
 * one record in so many, as one that is out of memory does. (Swallowing alone is repaired by the gap rule, so each
 * record says that it follows from the log's start.)
 */
import { type Application, type ApplyOutcome, CacheUnavailable } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

const FROM_THE_START = -1;
const REFUSED_ONE_IN = 20;

class Swallowing extends DecoratedCache {
  #applied = 0;

  override async apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    try {
      const taken = batch.map((application) => ({ ...application, previous: FROM_THE_START })).filter(() => !this.#isRefused());
      if (taken.length > 0) await this.cache.apply(taken);
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
    }
    return batch.map(() => 'applied');
  }

  #isRefused(): boolean {
    this.#applied += 1;
    return this.#applied % REFUSED_ONE_IN === 0;
  }
}

export const swallowApplyError: Mutant = {
  name: 'swallow-apply-error',
  about: 'an invalidation that the cache refused counts as applied',
  caughtBy: ['lost-invalidation', 'stale-after-bound', 'resurrection', 'purge-ignored'],
  shownBy: 'delete-while-filling',
  edge: (ports) => ({ ...ports, cache: new Swallowing(ports.cache) }),
};
