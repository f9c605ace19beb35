/** The purger's metrics in Prometheus text. */
import type { PurgerMetrics } from '../protocol/purger-api.ts';
import { Scrape, toSeconds } from '../runtime/scrape.ts';

const PURGES = ['edgesync_purger_purges_total', 'Requests to the cache, by what came of them.'] as const;

export function renderPrometheus({ region, purges, log, propagationDelayMs, invalidationLagMs, process }: PurgerMetrics): Promise<string> {
  const scrape = new Scrape({ region });
  for (const outcome of ['taken', 'refused', 'unanswered'] as const) scrape.count(...PURGES, purges[outcome], { outcome });
  scrape.count('edgesync_purger_widened_total', 'Invalidations for which more was purged than was asked for.', purges.widened);
  scrape.count('edgesync_purger_unreadable_records_total', 'Log records that could not be read.', log.unreadable);
  scrape.gauge('edgesync_purger_propagation_delay_seconds', 'Propagation delay in force.', toSeconds(propagationDelayMs));
  scrape.gauge(
    'edgesync_purger_invalidation_lag_seconds',
    'Record time by the clock of the log to purge by the clock of the purger, of the invalidation taken last.',
    toSeconds(invalidationLagMs),
  );
  scrape.gauge('edgesync_purger_overdue_seconds', 'For how long the oldest that is not taken has been due.', toSeconds(log.overdueMs ?? 0));
  scrape.gauge('edgesync_purger_log_lag_records', 'Records in the log of which the purge is not taken.', log.lag);
  scrape.eventLoop('edgesync_purger', process?.eventLoop ?? null);
  return scrape.text();
}
