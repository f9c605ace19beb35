/** Our own edge as one cache among others: it asks an upstream, and hears of writes and purges by the log. */
import { EDGE_SETTINGS } from '../../../services/edge/config.ts';
import { cacheBoundsOf, startEdge } from '../../../services/edge/edge.ts';
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import { type OwnStore, type OwnStoreOptions, openOwnStore } from './own-store.ts';

export interface OwnEdgeOptions extends Omit<OwnStoreOptions, 'region' | 'bounds'> {
  readonly upstreamUrl: string;
  readonly log: InvalidationLog;
  /** How long a content is fresh, in whole seconds. */
  readonly lifetimeMs: number;
}

export interface OwnEdge extends Pick<OwnStore, 'ended' | 'close'> {
  readonly url: string;
}

const REGION = 'peer';
const MS_PER_S = 1000;

/** Serves when it resolves. Throws WorldFailed where its store does not start. */
export function startOwnEdge({ upstreamUrl, log, lifetimeMs, ...options }: OwnEdgeOptions): Promise<OwnEdge> {
  return withReleasers(async (releasers) => {
    const config = readConfig(EDGE_SETTINGS, {
      REGION_NAME: REGION,
      EDGE_PORT: '0',
      PROPAGATION_DELAY: '0',
      INVALIDATION_STRATEGY: options.target.strategy,
      CACHE_TTL: String(Math.round(lifetimeMs / MS_PER_S)),
      // Both are opened here.
      REDIS_URL: 'memory:',
      KAFKA_BROKERS: 'memory:',
      ORIGIN_URL: upstreamUrl,
      LOG_LEVEL: 'silent',
    });
    const store = await openOwnStore({ ...options, region: REGION, bounds: cacheBoundsOf(config) });
    releasers.push(() => store.close());
    const origin = new HttpOriginClient(upstreamUrl);
    releasers.push(() => origin.close());
    const edge = await startEdge(config, {
      cache: store.cache,
      log,
      origin,
      clock: options.clock,
      random: options.random,
      logger: silentLogger,
    });
    releasers.push(() => edge.close());
    return { url: `http://127.0.0.1:${edge.port}`, ended: () => store.ended(), close: () => releasers.release() };
  });
}
