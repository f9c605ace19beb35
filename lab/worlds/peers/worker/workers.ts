/** The caches that are libraries. A new one is a file, a line here, and a target file. */
import { openCacheManager } from './kinds/cache-manager.ts';
import { openLruCache } from './kinds/lru-cache.ts';
import { openRedisAside } from './kinds/redis-aside.ts';
import { openRedisLease } from './kinds/redis-lease.ts';
import { openUndici } from './kinds/undici.ts';
import type { OpenWorkerCache } from './worker-cache.ts';

export const WORKERS: Readonly<Record<string, OpenWorkerCache>> = {
  'cache-manager': openCacheManager,
  'lru-cache': openLruCache,
  'redis-aside': openRedisAside,
  'redis-lease': openRedisLease,
  undici: openUndici,
};
