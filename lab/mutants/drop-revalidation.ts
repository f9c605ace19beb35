/** What a revalidation brings is never stored: a stale entry stays stale. */
import type { CacheEntry, FillOutcome, Lookup, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

class Dropping extends DecoratedCache {
  readonly #stale = new Set<string>();

  override async lookup(key: string): Promise<Lookup> {
    const found = await this.cache.lookup(key);
    if (found.state === 'stale') this.#stale.add(key);
    else this.#stale.delete(key);
    return found;
  }

  /** Whoever asks is told that something newer is there. */
  override async fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    if (this.#stale.has(key)) return 'newer-stored';
    return this.cache.fill(key, entry, stamp);
  }
}

export const dropRevalidation: Mutant = {
  name: 'drop-revalidation',
  about: 'the answer of a revalidation is never stored: a stale entry stays stale',
  caughtBy: ['mislabelled', 'stale-after-bound'],
  shownBy: 'eager-vs-lazy',
  edge: (ports) => ({ ...ports, cache: new Dropping(ports.cache) }),
};
