/** The edge's metrics in Prometheus text. */
import type { EdgeMetrics } from '../protocol/edge-api.ts';
import { Scrape, toSeconds } from '../runtime/scrape.ts';

const QUANTILES = 'edgesync_edge_window_read_duration_seconds';

export function renderPrometheus(metrics: EdgeMetrics): Promise<string> {
  const scrape = new Scrape({ region: metrics.region });
  const { metrics: totals, window, log, fills } = metrics;
  scrape.count('edgesync_edge_reads_total', 'Reads by outcome.', totals.cacheHits - totals.staleHits, { outcome: 'hit' });
  scrape.count('edgesync_edge_reads_total', 'Reads by outcome.', totals.staleHits, { outcome: 'stale' });
  scrape.count('edgesync_edge_reads_total', 'Reads by outcome.', totals.cacheMisses, { outcome: 'miss' });
  scrape.count('edgesync_edge_invalidations_total', 'Invalidations applied, by mode.', totals.eagerInvalidations, { mode: 'hard' });
  scrape.count('edgesync_edge_invalidations_total', 'Invalidations applied, by mode.', totals.lazyInvalidations, { mode: 'soft' });
  scrape.count('edgesync_edge_unreadable_records_total', 'Log records that could not be read.', log.unreadable);
  scrape.count('edgesync_edge_origin_fetches_total', 'Requests sent to the origin.', metrics.originFetches);
  scrape.count('edgesync_edge_coalesced_reads_total', 'Reads that joined a fetch in flight.', metrics.coalesced);
  scrape.count('edgesync_edge_fills_total', 'Answers offered to the cache, by outcome.', fills.stored, { outcome: 'stored' });
  for (const [reason, refused] of Object.entries(fills.refused)) {
    scrape.count('edgesync_edge_fills_total', 'Answers offered to the cache, by outcome.', refused, { outcome: reason });
  }
  scrape.gauge('edgesync_edge_propagation_delay_seconds', 'Propagation delay in force.', toSeconds(metrics.propagationDelayMs));
  scrape.gauge(
    'edgesync_edge_invalidation_lag_seconds',
    'Record time by the clock of the log to apply by the clock of the edge, of the event applied last.',
    toSeconds(metrics.invalidationLagMs),
  );
  scrape.gauge(
    'edgesync_edge_log_overdue_seconds',
    'For how long an event has been due that was read and is not applied.',
    toSeconds(log.overdueMs ?? 0),
  );
  scrape.gauge('edgesync_edge_catching_up', '1 while nothing is called fresh.', log.catchingUp ? 1 : 0);
  if (metrics.lease !== undefined) scrapeLease(scrape, metrics.lease);
  if (metrics.breaker !== undefined) scrapeBreaker(scrape, metrics.breaker);
  if (metrics.warming !== undefined) scrapeWarming(scrape, metrics.warming);
  scrape.gauge('edgesync_edge_log_lag_records', 'Records in the log not applied here.', log.lag);
  scrape.gauge(
    'edgesync_edge_window_hit_ratio',
    'Share of reads of the last 10 s served from the cache.',
    window.hitRatio === null ? null : window.hitRatio / 100,
  );
  for (const [quantile, valueMs] of [
    ['0.5', window.p50],
    ['0.95', window.p95],
    ['0.99', window.p99],
  ] as const) {
    scrape.gauge(QUANTILES, 'Latency of the reads of the last 10 s, by quantile.', toSeconds(valueMs), { quantile });
  }
  scrape.eventLoop('edgesync_edge', metrics.process?.eventLoop ?? null);
  return scrape.text();
}

function scrapeLease(
  scrape: Scrape,
  {
    leaseMs,
    skewMs,
    evidenceMs,
    leastMs,
    heartbeats,
    fromFuture,
    originAheadMs = null,
    untrustedMs = 0,
  }: NonNullable<EdgeMetrics['lease']>,
): void {
  scrape.gauge('edgesync_edge_lease_seconds', 'How long an answer may be called fresh without word from the origin.', toSeconds(leaseMs));
  scrape.gauge('edgesync_edge_lease_least_seconds', 'The shortest lease that is held under the delay in force.', toSeconds(leastMs));
  scrape.gauge('edgesync_edge_clock_skew_max_seconds', 'By how much clocks may differ.', toSeconds(skewMs));
  scrape.gauge('edgesync_edge_evidence_age_seconds', 'How old the last word from the origin is that took effect.', toSeconds(evidenceMs));
  scrape.count('edgesync_edge_heartbeats_total', 'Heartbeats applied.', heartbeats);
  scrape.count('edgesync_edge_heartbeats_from_future_total', 'Heartbeats without effect: ahead of this clock.', fromFuture);
  const ahead = 'By how much the clock of the origin is ahead of this one, at least; negative: behind.';
  scrape.gauge('edgesync_edge_origin_clock_ahead_seconds', ahead, toSeconds(originAheadMs));
  scrape.gauge('edgesync_edge_clock_untrusted_seconds', 'How long nothing that rests on a clock is called fresh.', toSeconds(untrustedMs));
}

function scrapeBreaker(scrape: Scrape, { state, opened, refused, probes }: NonNullable<EdgeMetrics['breaker']>): void {
  for (const each of ['closed', 'open', 'half-open'] as const) {
    const about = '1 for the state of the circuit breaker between edge and origin.';
    scrape.gauge('edgesync_edge_breaker_state', about, state === each ? 1 : 0, { state: each });
  }
  scrape.count('edgesync_edge_breaker_opened_total', 'How often the circuit breaker has opened.', opened);
  scrape.count('edgesync_edge_breaker_refused_total', 'Calls that failed at once, without the origin.', refused);
  scrape.count('edgesync_edge_breaker_probes_total', 'Probes of an origin that did not answer.', probes);
}

function scrapeWarming(scrape: Scrape, { rounds, waiting, underWay, ...outcomes }: NonNullable<EdgeMetrics['warming']>): void {
  scrape.count('edgesync_edge_warming_rounds_total', 'How often any key may have been gone from the cache.', rounds);
  for (const [outcome, count] of Object.entries(outcomes)) {
    scrape.count('edgesync_edge_warmed_total', 'Contents that were to be fetched before they are read, by outcome.', count, { outcome });
  }
  scrape.gauge('edgesync_edge_warming_waiting', 'Contents that are still to be fetched.', waiting);
  scrape.gauge('edgesync_edge_warming_under_way', 'Contents that are being fetched.', underWay);
}
