/** Cache-aside over Redis: GET, else load and SET. A purge is DEL; a tag is a set of keys, which SET fills. */
import { lifetimeMsOf, load, tagsOf } from '../upstream-client.ts';
import type { OpenWorkerCache } from '../worker-cache.ts';
import { startRedis } from './redis-server.ts';
import { parseStored } from './stored.ts';

export const openRedisAside: OpenWorkerCache = async ({ upstream }) => {
  const redis = await startRedis();
  return {
    async read(path) {
      const stored = await redis.get(path);
      if (stored !== null) return { ...parseStored(stored), isHit: true };
      const fetched = await load(upstream, path);
      await redis.set(path, JSON.stringify(fetched), 'PX', lifetimeMsOf(fetched));
      for (const tag of tagsOf(fetched)) await redis.sadd(`tag:${tag}`, path);
      return { ...fetched, isHit: false };
    },
    forget: async (path) => void (await redis.del(path)),
    async forgetTag(tag) {
      const paths = await redis.smembers(`tag:${tag}`);
      await redis.del(`tag:${tag}`, ...paths);
    },
    forgetAll: async () => void (await redis.flushdb()),
  };
};
