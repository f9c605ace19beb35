/** An edge as a process: its environment, its adapters, its life. */
import { MemoryLog } from '../log/memory.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { EDGE_SETTINGS } from './config.ts';
import { markRetentionMsOf, startEdge } from './edge.ts';
import { HttpOriginClient } from './origin-client.ts';

await runService(() =>
  withReleasers(async (releasers) => {
    const config = readConfig(EDGE_SETTINGS, process.env);
    const logger = createLogger(`edge-${config.REGION_NAME}`, config.LOG_LEVEL);
    logger.info({}, 'edge starting');
    const cacheServer = new MemoryCacheServer({ clock: systemClock, random: systemRandom, markRetentionMs: markRetentionMsOf(config) });
    const cache = new MemoryCache(cacheServer);
    releasers.push(() => cache.close());
    const log = new MemoryLog({ clock: systemClock, partitions: INVALIDATION_PARTITIONS });
    releasers.push(() => log.close());
    const origin = new HttpOriginClient(config.ORIGIN_URL);
    releasers.push(() => origin.close());
    const edge = await startEdge(config, { cache, log, origin, clock: systemClock, logger });
    releasers.push(() => edge.close());
    return { close: () => releasers.release() };
  }),
);
