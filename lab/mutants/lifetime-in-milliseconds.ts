/** A lifetime in the wrong unit: entries are fresh for a thousandth of the time they are meant to be. */
import type { CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

const MS_PER_S = 1000;

class ShortLived extends DecoratedCache {
  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    const shortened = (until: number) => entry.fetchedAt + (until - entry.fetchedAt) / MS_PER_S;
    const { freshUntil, staleUntil, expiresAt } = entry;
    const times = { freshUntil: shortened(freshUntil), staleUntil: shortened(staleUntil), expiresAt: shortened(expiresAt) };
    return this.cache.fill(key, { ...entry, ...times }, stamp);
  }
}

export const lifetimeInMilliseconds: Mutant = {
  name: 'lifetime-in-milliseconds',
  about: 'an entry is fresh for a thousandth of its lifetime',
  caughtBy: ['refill-storm'],
  shownBy: 'partition-origin',
  edge: (ports) => ({ ...ports, cache: new ShortLived(ports.cache) }),
};
