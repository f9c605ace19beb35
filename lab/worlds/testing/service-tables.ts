/**
 * What origin, edge, purger and upstream say of themselves, for the tables of docs: their settings, and the names of
 * their Prometheus metrics.
 */
import { EDGE_SETTINGS } from '../../../services/edge/config.ts';
import { renderPrometheus as renderEdge } from '../../../services/edge/prometheus.ts';
import { ORIGIN_SETTINGS } from '../../../services/origin/config.ts';
import { renderPrometheus as renderOrigin } from '../../../services/origin/prometheus.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import { PURGER_SETTINGS } from '../../../services/purger/config.ts';
import { renderPrometheus as renderPurger } from '../../../services/purger/prometheus.ts';
import type { SettingTable } from '../../../services/runtime/config.ts';
import { UPSTREAM_SETTINGS } from '../../../services/upstream/config.ts';

export const SETTINGS: Readonly<Record<'origin' | 'edge' | 'purger' | 'upstream', SettingTable>> = {
  origin: ORIGIN_SETTINGS,
  edge: EDGE_SETTINGS,
  purger: PURGER_SETTINGS,
  upstream: UPSTREAM_SETTINGS,
};

const NOW = '2030-01-01T00:00:00.000Z';
const eventLoop = { since: NOW, lateMs: 1, lateMsMax: 1, spells: [], waitedMs: 1 };
const process = { now: 1, heldMs: 1, eventLoop };

/** Every value is there, so that no metric is left out. */
const EDGE: EdgeMetrics = {
  success: true,
  region: 'us-east',
  strategy: 'eager',
  propagationDelayMs: 100,
  metrics: {
    totalRequests: 1,
    cacheHits: 1,
    cacheMisses: 1,
    staleHits: 1,
    hitRatio: 50,
    avgLatency: 1,
    p50Latency: 1,
    p95Latency: 1,
    p99Latency: 1,
    minLatency: 1,
    maxLatency: 1,
    totalInvalidations: 1,
    eagerInvalidations: 1,
    lazyInvalidations: 1,
    startTime: NOW,
    uptime: 1,
  },
  window: { requests: 1, hitRatio: 50, p50: 1, p95: 1, p99: 1 },
  versions: [],
  invalidationLagMs: 1,
  recent: [],
  log: { connected: true, catchingUp: false, joins: 1, lag: 1, applied: {}, queued: 0, overdueMs: 0, unreadable: 0 },
  fills: { stored: 1, refused: { 'hard-epoch': 1 } },
  coalesced: 1,
  originFetches: 1,
  failedFetches: 1,
  readsThrough: 1,
  lease: { leaseMs: 1, skewMs: 1, evidenceMs: 1, leastMs: 1, heartbeats: 1, fromFuture: 1, originAheadMs: 1, untrustedMs: 1 },
  breaker: { state: 'closed', opened: 1, refused: 1, probes: 1 },
  warming: { rounds: 1, fetched: 1, missing: 1, failed: 1, held: 1, waiting: 1, underWay: 1 },
  process,
};

const ORIGIN: OriginMetrics = {
  success: true,
  versions: [],
  outbox: { pending: 1, oldestAgeMs: 1 },
  published: [],
  requests: { reads: 1, writes: 1 },
  process,
};

/** As a scrape of the origin and one of an edge. */
export async function prometheusTexts(): Promise<readonly string[]> {
  return [await renderOrigin(ORIGIN), await renderEdge(EDGE)];
}

/** As a scrape of a purger. */
export function purgerText(): Promise<string> {
  return renderPurger({ ...EDGE, purges: { sent: 1, taken: 1, refused: 0, unanswered: 0, widened: 0 } });
}
