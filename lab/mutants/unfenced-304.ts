/** A 304 that is not fenced: it makes the entry fresh as of now, whatever was purged while it was under way. */
import type { CacheEntry, EdgeCache, FillOutcome, Stamp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { OriginAnswer, OriginClient } from '../../services/edge/origin-client.ts';
import { DecoratedOriginClient } from './decorated-origin-client.ts';
import type { Mutant } from './mutant.ts';

/** The etags that a 304 has just confirmed. */
type Confirmed = Set<string>;

class Confirming extends DecoratedOriginClient {
  readonly #confirmed: Confirmed;

  constructor(origin: OriginClient, confirmed: Confirmed) {
    super(origin);
    this.#confirmed = confirmed;
  }

  override async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const answer = await this.origin.fetch(id, ifNoneMatch);
    if (answer.kind === 'unchanged' && ifNoneMatch !== undefined) this.#confirmed.add(ifNoneMatch);
    return answer;
  }
}

class Refreshing extends DecoratedCache {
  readonly #confirmed: Confirmed;

  constructor(cache: EdgeCache, confirmed: Confirmed) {
    super(cache);
    this.#confirmed = confirmed;
  }

  override async fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    if (!this.#confirmed.delete(entry.etag)) return this.cache.fill(key, entry, stamp);
    const now = await this.cache.lookup(key);
    return this.cache.fill(key, entry, now);
  }
}

export const unfenced304: Mutant = {
  name: 'unfenced-304',
  about: 'a 304 makes an entry fresh again that was purged while the 304 was under way',
  caughtBy: ['purge-ignored'],
  shownBy: 'stale-set-race',
  edge: (ports) => {
    const confirmed: Confirmed = new Set();
    return { ...ports, cache: new Refreshing(ports.cache, confirmed), origin: new Confirming(ports.origin, confirmed) };
  },
};
