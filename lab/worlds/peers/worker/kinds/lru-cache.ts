/**
 * lru-cache, by its `fetchMethod`: `fetch` gives what it has, or asks once for all who ask meanwhile. A purge is
 * `delete`.
 */
import type { LRUCache } from 'lru-cache';
import { type Fetched, lifetimeMsOf, load } from '../upstream-client.ts';
import type { OpenWorkerCache } from '../worker-cache.ts';

const ENTRIES_MAX = 10_000;
const HOUR_MS = 3_600_000;
/** A fetch whose key is deleted meanwhile is aborted, and whoever waits for it asks again. */
const TRIES_MAX = 3;

export const openLruCache: OpenWorkerCache = ({ upstream, library }) => {
  const { LRUCache: Cache } = library() as { readonly LRUCache: typeof LRUCache };
  const cache = new Cache<string, Fetched>({
    max: ENTRIES_MAX,
    ttl: HOUR_MS,
    fetchMethod: async (path, _stale, { options, signal }) => {
      const fetched = await load(upstream, path, signal);
      options.ttl = lifetimeMsOf(fetched);
      return fetched;
    },
  });
  return {
    async read(path) {
      for (let tries = 1; ; tries += 1) {
        const status: LRUCache.Status<string, Fetched> = {};
        try {
          const fetched = await cache.fetch(path, { status });
          if (fetched !== undefined) return { ...fetched, isHit: status.fetch === 'hit' };
          throw new Error(`lru-cache fetched nothing for ${path}`);
        } catch (error) {
          if (tries === TRIES_MAX) throw error;
        }
      }
    },
    forget: async (path) => void cache.delete(path),
    forgetAll: async () => cache.clear(),
  };
};
