/** An edge as a process: its environment, its adapters, its life. */
import { openLog } from '../log/open.ts';
import { systemClock } from '../runtime/clock.ts';
import { meterLateness } from '../runtime/lateness.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { openCache } from './cache/open.ts';
import { nameOf, readEdgeConfig } from './config.ts';
import { cacheBoundsOf, startEdge } from './edge.ts';
import { HttpOriginClient } from './origin-client.ts';

await runService(() =>
  withReleasers(async (releasers) => {
    const asked = readEdgeConfig(process.env);
    // A cache inside this process answers as soon as a hot entry would: those would only take its memory twice.
    const config = asked.REDIS_URL === 'memory:' ? { ...asked, HOT_MS: 0 } : asked;
    const name = `edge-${nameOf(config.REGION_NAME, config.EDGE_MEMBER)}`;
    const logger = createLogger(name, config.LOG_LEVEL);
    logger.info({}, 'edge starting');
    const shared = { clock: systemClock, logger };
    const lateness = meterLateness(shared);
    releasers.push(() => lateness.close());
    const cache = await openCache({ url: config.REDIS_URL, region: config.REGION_NAME, ...cacheBoundsOf(config), ...shared });
    releasers.push(() => cache.close());
    const log = await openLog({ address: config.KAFKA_BROKERS, clientId: name, createTopic: false, ...shared });
    releasers.push(() => log.close());
    const origin = new HttpOriginClient(config.ORIGIN_URL, { beside: config.WARM_KEYS === 0 ? 0 : config.WARM_CONCURRENCY });
    releasers.push(() => origin.close());
    const edge = await startEdge(config, { cache, log, origin, lateness, random: systemRandom, ...shared });
    releasers.push(() => edge.close());
    return { close: () => releasers.release() };
  }),
);
