/**
 * As the original EdgeSync had it: version and content of an entry lie in two keys, and the write of one may be lost.
 */
import type { CacheEntry, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { Mutant } from './mutant.ts';

/** One write of a content in so many is lost. */
const TORN_ONE_IN = 10;

class Torn extends DecoratedCache {
  readonly #contents = new Map<string, CacheEntry['content']>();
  #fills = 0;

  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    this.#fills += 1;
    const before = this.#contents.get(key) ?? null;
    const isTorn = this.#fills % TORN_ONE_IN === 0 && before !== null && entry.content !== null;
    if (!isTorn) this.#contents.set(key, entry.content);
    const content = isTorn ? { ...before, version: entry.version } : entry.content;
    return this.cache.fill(key, { ...entry, content }, stamp);
  }
}

export const tornEntry: Mutant = {
  name: 'torn-entry',
  about: 'an entry has the version of one fill and the content of another',
  caughtBy: ['phantom-version'],
  shownBy: 'baseline',
  edge: (ports) => ({ ...ports, cache: new Torn(ports.cache) }),
};
