/** Hot entries over a cache in memory: so long that only what is dropped is asked for again. */
import { createRandom } from '../../../runtime/random.ts';
import { VirtualClock } from '../../../runtime/virtual-clock.ts';
import { HotCache } from '../hot.ts';
import { MemoryCache, MemoryCacheServer } from '../memory.ts';
import { LIFE_MS, MARK_RETENTION_MS, type WithCache } from './subject.ts';

const HOT_MS = 100 * LIFE_MS;
const BYTES_MAX = 1_000_000;

export const withHotCache: WithCache = async (test, bounds) => {
  const clock = new VirtualClock();
  const server = new MemoryCacheServer({ clock, random: createRandom(1), markRetentionMs: MARK_RETENTION_MS, ...bounds });
  const cache = new HotCache(new MemoryCache(server), { clock, hotMs: HOT_MS, bytesMax: BYTES_MAX, upToDate: () => 1, onHit: () => {} });
  try {
    await test({ cache, clock, restart: async () => server.restart() });
  } finally {
    await cache.close();
  }
};
