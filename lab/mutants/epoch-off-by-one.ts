/** An off-by-one at an epoch boundary: a fetch counts as begun after the one mark that came while it was under way. */
import type { CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

class OneLater extends DecoratedCache {
  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.cache.fill(key, entry, { ...stamp, clock: stamp.clock + 1 });
  }
}

export const epochOffByOne: Mutant = {
  name: 'epoch-off-by-one',
  about: 'a purge that comes while a fetch is under way does not count for the answer of that fetch',
  caughtBy: ['purge-ignored'],
  shownBy: 'stale-set-race',
  edge: (ports) => ({ ...ports, cache: new OneLater(ports.cache) }),
};
