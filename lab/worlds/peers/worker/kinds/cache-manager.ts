/** cache-manager, by `wrap`: what is not there is loaded once for all who ask meanwhile, and set. A purge is `del`. */
import type { createCache } from 'cache-manager';
import { lifetimeMsOf, load } from '../upstream-client.ts';
import type { OpenWorkerCache } from '../worker-cache.ts';

export const openCacheManager: OpenWorkerCache = ({ upstream, library }) => {
  const { createCache: create } = library() as { readonly createCache: typeof createCache };
  const cache = create();
  return {
    async read(path) {
      let isHit = true;
      const miss = () => {
        isHit = false;
        return load(upstream, path);
      };
      return { ...(await cache.wrap(path, miss, lifetimeMsOf)), isHit };
    },
    forget: async (path) => void (await cache.del(path)),
    forgetAll: async () => void (await cache.clear()),
  };
};
