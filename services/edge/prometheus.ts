/** The edge's metrics in Prometheus text (prom-client, owned by this file): base units, seconds, `_total` for counters. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { EdgeMetrics } from '../protocol/edge-api.ts';

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const MS_PER_S = 1000;

/** One scrape: a registry is filled from the snapshot and rendered, so there is one set of counters, not two. */
export async function renderPrometheus(metrics: EdgeMetrics): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ region: metrics.region });
  const count = (name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}) => {
    const known = registry.getSingleMetric(name);
    const counter = known instanceof Counter ? known : new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
    counter.inc(labels, value);
  };
  const gauge = (name: string, help: string, value: number | null) => {
    if (value !== null) new Gauge({ name, help, registers: [registry] }).set(value);
  };
  const { metrics: totals, window, log, fills } = metrics;
  count('edgesync_edge_reads_total', 'Reads by outcome.', totals.cacheHits - totals.staleHits, { outcome: 'hit' });
  count('edgesync_edge_reads_total', 'Reads by outcome.', totals.staleHits, { outcome: 'stale' });
  count('edgesync_edge_reads_total', 'Reads by outcome.', totals.cacheMisses, { outcome: 'miss' });
  count('edgesync_edge_invalidations_total', 'Invalidations applied, by mode.', totals.eagerInvalidations, { mode: 'hard' });
  count('edgesync_edge_invalidations_total', 'Invalidations applied, by mode.', totals.lazyInvalidations, { mode: 'soft' });
  count('edgesync_edge_unreadable_records_total', 'Log records that could not be read.', log.unreadable);
  count('edgesync_edge_origin_fetches_total', 'Requests sent to the origin.', metrics.originFetches);
  count('edgesync_edge_coalesced_reads_total', 'Reads that joined a fetch in flight.', metrics.coalesced);
  count('edgesync_edge_fills_total', 'Answers offered to the cache, by outcome.', fills.stored, { outcome: 'stored' });
  for (const [reason, refused] of Object.entries(fills.refused)) {
    count('edgesync_edge_fills_total', 'Answers offered to the cache, by outcome.', refused, { outcome: reason });
  }
  gauge('edgesync_edge_propagation_delay_seconds', 'Propagation delay in force.', metrics.propagationDelayMs / MS_PER_S);
  gauge('edgesync_edge_invalidation_lag_seconds', 'Record time to apply, of the event applied last.', toSeconds(metrics.invalidationLagMs));
  gauge(
    'edgesync_edge_log_overdue_seconds',
    'For how long an event has been due that was read and is not applied.',
    (log.overdueMs ?? 0) / MS_PER_S,
  );
  gauge('edgesync_edge_catching_up', '1 while nothing is called fresh.', log.catchingUp ? 1 : 0);
  gauge('edgesync_edge_log_lag_records', 'Records in the log not applied here.', log.lag);
  gauge(
    'edgesync_edge_window_hit_ratio',
    'Share of reads of the last 10 s served from the cache.',
    window.hitRatio === null ? null : window.hitRatio / 100,
  );
  for (const [quantile, valueMs] of [
    ['0.5', window.p50],
    ['0.95', window.p95],
    ['0.99', window.p99],
  ] as const) {
    setQuantile(registry, quantile, toSeconds(valueMs));
  }
  return registry.metrics();
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / MS_PER_S;
}

/** prom-client's Summary keeps its own digest; ours are computed already, so they go out as a gauge with the same label. */
function setQuantile(registry: Registry, quantile: string, seconds: number | null): void {
  if (seconds === null) return;
  const name = 'edgesync_edge_window_read_duration_seconds';
  const known = registry.getSingleMetric(name);
  const gauge =
    known instanceof Gauge
      ? known
      : new Gauge({ name, help: 'Latency of the reads of the last 10 s, by quantile.', labelNames: ['quantile'], registers: [registry] });
  gauge.set({ quantile }, seconds);
}
