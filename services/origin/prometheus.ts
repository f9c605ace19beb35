/** The origin's metrics in Prometheus text. */
import type { OriginMetrics } from '../protocol/origin-api.ts';
import { Scrape, toSeconds } from '../runtime/scrape.ts';

export function renderPrometheus({ requests, outbox, process }: OriginMetrics): Promise<string> {
  const scrape = new Scrape();
  scrape.count('edgesync_origin_requests_total', 'Requests for content, by kind.', requests.reads, { kind: 'read' });
  scrape.count('edgesync_origin_requests_total', 'Requests for content, by kind.', requests.writes, { kind: 'write' });
  scrape.gauge('edgesync_origin_outbox_pending', 'Invalidations not yet in the log.', outbox.pending);
  scrape.gauge('edgesync_origin_outbox_oldest_age_seconds', 'Age of the oldest of them.', toSeconds(outbox.oldestAgeMs));
  scrape.eventLoop('edgesync_origin', process?.eventLoop ?? null);
  return scrape.text();
}
