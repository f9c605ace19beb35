/** A reader joins a fetch under way whatever was invalidated since it began. */
import type { Lookup } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

const NO_FENCE = 0;

class Unfenced extends DecoratedCache {
  override async lookup(key: string): Promise<Lookup> {
    return { ...(await this.cache.lookup(key)), fence: NO_FENCE };
  }
}

export const joinAnyFetch: Mutant = {
  name: 'join-any-fetch',
  about: 'a reader joins a fetch that began before the last invalidation',
  caughtBy: ['stale-after-bound', 'purge-ignored', 'resurrection', 'mislabelled'],
  shownBy: 'stale-set-race',
  edge: (ports) => ({ ...ports, cache: new Unfenced(ports.cache) }),
};
