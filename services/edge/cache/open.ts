/** The cache that a URL names. Only the adapter asked for is loaded. */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { systemRandom } from '../../runtime/random.ts';
import type { CacheBounds, EdgeCache } from './cache.ts';

export interface OpenCacheOptions extends CacheBounds {
  readonly url: string;
  readonly region: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Does not wait for Redis. */
export async function openCache({ url, region, clock, logger, ...bounds }: OpenCacheOptions): Promise<EdgeCache> {
  if (url === 'memory:') {
    const { MemoryCache, MemoryCacheServer } = await import('./memory.ts');
    return new MemoryCache(new MemoryCacheServer({ clock, random: systemRandom, ...bounds }));
  }
  const { RedisCache } = await import('./redis.ts');
  return RedisCache.open({ url, region, clock, logger, ...bounds });
}
