/** Our own edge as one cache among others: it asks an upstream, and hears of writes and purges by the log. */
import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import { EDGE_SETTINGS } from '../../../services/edge/config.ts';
import { cacheBoundsOf, startEdge } from '../../../services/edge/edge.ts';
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';

export interface OwnEdgeOptions {
  readonly upstreamUrl: string;
  readonly log: InvalidationLog;
  readonly strategy: 'eager' | 'lazy';
  /** How long a content is fresh, in whole seconds. */
  readonly lifetimeMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

export interface OwnEdge {
  readonly url: string;
  close(): Promise<void>;
}

const MS_PER_S = 1000;

export function startOwnEdge({ upstreamUrl, log, strategy, lifetimeMs, clock, random }: OwnEdgeOptions): Promise<OwnEdge> {
  return withReleasers(async (releasers) => {
    const config = readConfig(EDGE_SETTINGS, {
      REGION_NAME: 'peer',
      EDGE_PORT: '0',
      PROPAGATION_DELAY: '0',
      INVALIDATION_STRATEGY: strategy,
      CACHE_TTL: String(Math.round(lifetimeMs / MS_PER_S)),
      REDIS_URL: 'memory:',
      KAFKA_BROKERS: 'memory:',
      ORIGIN_URL: upstreamUrl,
      LOG_LEVEL: 'silent',
    });
    const cache = new MemoryCache(new MemoryCacheServer({ clock, random, ...cacheBoundsOf(config) }));
    releasers.push(() => cache.close());
    const origin = new HttpOriginClient(upstreamUrl);
    releasers.push(() => origin.close());
    const edge = await startEdge(config, { cache, log, origin, clock, logger: silentLogger });
    releasers.push(() => edge.close());
    return { url: `http://127.0.0.1:${edge.port}`, close: () => releasers.release() };
  });
}
