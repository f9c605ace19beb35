/**
 * Cache-aside over Redis with a lease: who misses takes a lease for the key, and stores only while the lease is still
 * the one it took. A purge deletes the lease, too, so what was being loaded meanwhile is answered once and not kept.
 */
import { systemRandom } from '../../../../../services/runtime/random.ts';
import { lifetimeMsOf, load } from '../upstream-client.ts';
import type { OpenWorkerCache } from '../worker-cache.ts';
import { startRedis } from './redis-server.ts';
import { parseStored } from './stored.ts';

/** Above the longest load. Whoever does not hold it loads, too, and stores nothing. */
const LEASE_MS = 30_000;
const STORE_IF_LEASED = `
if redis.call('GET', KEYS[2]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  redis.call('DEL', KEYS[2])
end`;

export const openRedisLease: OpenWorkerCache = async ({ upstream }) => {
  const redis = await startRedis();
  const leaseOf = (path: string) => `lease:${path}`;
  return {
    async read(path) {
      const stored = await redis.get(path);
      if (stored !== null) return { ...parseStored(stored), isHit: true };
      const lease = systemRandom.uuid();
      await redis.set(leaseOf(path), lease, 'PX', LEASE_MS, 'NX');
      const fetched = await load(upstream, path);
      await redis.eval(STORE_IF_LEASED, 2, path, leaseOf(path), lease, JSON.stringify(fetched), lifetimeMsOf(fetched));
      return { ...fetched, isHit: false };
    },
    forget: async (path) => void (await redis.del(path, leaseOf(path))),
    forgetAll: async () => void (await redis.flushdb()),
  };
};
