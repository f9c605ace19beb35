/** Caches in memory for tests: the real one, and any other server with the same port. */
import { createRandom } from '../../../runtime/random.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import { MemoryCache, MemoryCacheServer, type MemoryCacheServerOptions } from '../memory.ts';
import { MARK_RETENTION_MS, type WithCache } from './subject.ts';

export function withServer(createServer: (options: MemoryCacheServerOptions) => MemoryCacheServer): WithCache {
  return async (test, bounds) => {
    const clock = new VirtualClock();
    const server = createServer({ clock, random: createRandom(1), markRetentionMs: MARK_RETENTION_MS, ...bounds });
    const cache = new MemoryCache(server);
    try {
      await test({ cache, clock, restart: async () => server.restart() });
    } finally {
      await cache.close();
    }
  };
}

export const withMemoryCache: WithCache = withServer((options) => new MemoryCacheServer(options));
