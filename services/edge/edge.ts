/** One edge, assembled from its configuration and its ports. Who gave it the ports closes them. */
import type { InvalidationLog } from '../log/log.ts';
import { FETCH_DEADLINE_MS } from '../protocol/edge-api.ts';
import { INVALIDATION_RETENTION_MS } from '../protocol/invalidation.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { FrontPage } from '../runtime/front-page.ts';
import { serveHttp } from '../runtime/http.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import { leaseMsLeastOf } from '../runtime/lease-settings.ts';
import type { Logger } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import type { Route } from '../runtime/route.ts';
import { Breaker } from './breaker.ts';
import type { CacheBounds, EdgeCache } from './cache/cache.ts';
import { HotCache, type HotCacheOptions } from './cache/hot.ts';
import { consumerGroupOf, type EdgeConfig, settingsIn } from './config.ts';
import { type EntryLifetimes, entryLifeMsMax } from './entry-times.ts';
import { Invalidator } from './invalidator.ts';
import { isOutOfLease } from './labels.ts';
import type { Latencies } from './latencies.ts';
import { Lease } from './lease.ts';
import { leaseTeller } from './lease-told.ts';
import { EdgeMeter } from './metrics.ts';
import type { OriginClient } from './origin-client.ts';
import { Reader } from './reader.ts';
import { edgePage, edgeRoutes } from './routes.ts';
import { EdgeSettings } from './settings.ts';
import { Warming } from './warming.ts';

export interface EdgePorts {
  readonly cache: EdgeCache;
  readonly log: InvalidationLog;
  readonly origin: OriginClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Left out: histograms. */
  readonly latencies?: Latencies;
  /** Of its process; told in `/metrics`. Left out: nobody looks. */
  readonly lateness?: LatenessMeter | undefined;
}

export interface Edge {
  readonly port: number;
  close(): Promise<void>;
}

const MS_PER_S = 1000;
const JOIN_RETRY_MS = 500;

export function lifetimesOf(config: EdgeConfig): EntryLifetimes {
  return {
    freshMs: config.CACHE_TTL * MS_PER_S,
    staleWhileRevalidateMs: config.STALE_WHILE_REVALIDATE * MS_PER_S,
    staleIfErrorMs: config.STALE_IF_ERROR * MS_PER_S,
    negativeMs: config.NEGATIVE_TTL * MS_PER_S,
  };
}

/** A mark can be needed as long as an entry lives and a fetch begun before it may still come back. */
function markRetentionMsOf(config: EdgeConfig): number {
  return entryLifeMsMax(lifetimesOf(config)) + FETCH_DEADLINE_MS;
}

/** What bounds the memory that the region's cache has of invalidations. */
export function cacheBoundsOf(config: EdgeConfig): CacheBounds {
  return { markRetentionMs: markRetentionMsOf(config), marksMax: config.MARKS_MAX };
}

function withHotEntries(
  config: EdgeConfig,
  { cache, clock }: EdgePorts,
  told: Omit<HotCacheOptions, 'clock' | 'hotMs' | 'bytesMax'>,
): EdgeCache {
  const { HOT_MS: hotMs, HOT_BYTES: bytesMax } = config;
  return hotMs === 0 || bytesMax === 0 ? cache : new HotCache(cache, { clock, hotMs, bytesMax, ...told });
}

/**
 * A log or a cache that is not there yet must not keep reads from being answered: the edge serves, and joins when it
 * can.
 */
async function joinLog(invalidator: Invalidator, { clock, logger }: EdgePorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await invalidator.start();
    } catch (error) {
      if (!signal.aborted) logger.warn({ error: String(error) }, 'could not join the log, trying again');
      await sleep(clock, JOIN_RETRY_MS, signal);
    }
  }
}

/** What an edge is made of, before it is given sockets: a world may put something between. */
export interface EdgeParts {
  readonly routes: readonly Route[];
  readonly frontPage: FrontPage;
  /** Joins the log behind whoever calls; reads are answered before it has. */
  join(): void;
  close(): Promise<void>;
}

export function createEdge(config: EdgeConfig, ports: EdgePorts): EdgeParts {
  const { log, origin, clock, random, logger, latencies, lateness } = ports;
  const region = config.REGION_NAME;
  const settings = new EdgeSettings(settingsIn(config));
  const meter = new EdgeMeter(clock, latencies);
  const upToDate = () => invalidator.upToDate();
  const hot = withHotEntries(config, ports, {
    upToDate,
    isOutOfLease: (key, found) => isOutOfLease(key, found, lease),
    onHit: () => meter.countHot(),
  });
  const warming = config.WARM_KEYS === 0 ? undefined : new Warming(config, { ...ports, cache: hot });
  const cache = warming?.cache ?? hot;
  const lifetimes = lifetimesOf(config);
  const skewMs = config.CLOCK_SKEW_MAX;
  const isShared = config.EDGE_MEMBER > 0;
  const termsInForce = () => ({ leaseMs: settings.freshnessLeaseMs ?? 0, skewMs });
  let terms = termsInForce();
  settings.onChange(() => {
    terms = termsInForce();
  });
  const lease = new Lease(
    () => terms,
    clock,
    (doubt) =>
      logger.warn({ doubt, skewMs, originAheadMs: lease.originAheadMs }, 'a clock is wrong: nothing that rests on it is called fresh'),
  );
  const leaseMsLeast = () => leaseMsLeastOf(config, settings.propagationDelayMs);
  const invalidator = new Invalidator({
    region,
    group: consumerGroupOf(config),
    log,
    cache,
    settings,
    clock,
    meter,
    logger,
    skewMs,
    isShared,
  });
  const breaker = config.CIRCUIT_BREAKER === 'on' ? new Breaker({ clock, random: random.fork('breaker') }) : undefined;
  const reader = new Reader({
    cache,
    origin,
    clock,
    meter,
    lifetimes,
    upToDate,
    isShared,
    lease,
    breaker,
  });
  warming?.start({ reader, breaker, settings, upToDate });
  const closing = new AbortController();
  const adminToken = config.ADMIN_TOKEN;
  return {
    frontPage: edgePage(region),
    routes: edgeRoutes({
      region,
      reader,
      cache,
      origin,
      breaker,
      warming,
      log,
      invalidator,
      settings,
      meter,
      lifetimes,
      clock,
      adminToken,
      lateness,
      tellLease: leaseTeller({ lease, lifetimes, invalidator, clock, leaseMsLeast }),
    }),
    join: () => void joinLog(invalidator, ports, closing.signal),
    close: async () => {
      closing.abort();
      warming?.close();
      await invalidator.close();
    },
  };
}

/** Nothing old is served for it: what the log dropped unread counts as an invalidation of all. It costs the cache. */
function warnOfShortLog(config: EdgeConfig, logger: Logger): void {
  const neededMs = markRetentionMsOf(config);
  if (config.KAFKA_BROKERS === 'memory:' || neededMs <= INVALIDATION_RETENTION_MS) return;
  const remedy = 'lower CACHE_TTL or STALE_IF_ERROR, or raise the retention of the topic';
  logger.warn(
    { neededMs, keptMs: INVALIDATION_RETENTION_MS, remedy },
    'entries may live longer than the log keeps invalidations: an edge that was away for longer begins with everything invalid',
  );
}

/** Serves when it resolves; it joins the log behind that. */
export function startEdge(config: EdgeConfig, ports: EdgePorts): Promise<Edge> {
  return withReleasers(async (releasers) => {
    const { logger } = ports;
    warnOfShortLog(config, logger);
    const parts = createEdge(config, ports);
    releasers.push(() => parts.close());
    const server = await serveHttp({
      routes: parts.routes,
      frontPage: parts.frontPage,
      allowedHosts: config.ALLOWED_HOSTS,
      log: logger,
      port: config.EDGE_PORT,
      host: config.BIND_ADDRESS,
    });
    releasers.push(() => server.close());
    parts.join();
    logger.info({ region: config.REGION_NAME, port: server.port }, 'edge listening');
    return { port: server.port, close: () => releasers.release() };
  });
}
