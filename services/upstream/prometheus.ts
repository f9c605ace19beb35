/** The upstream's metrics in Prometheus text. */
import type { UpstreamMetrics } from '../protocol/upstream-api.ts';
import { Scrape } from '../runtime/scrape.ts';

export function renderPrometheus({ fetches: { asked, failed }, process }: UpstreamMetrics): Promise<string> {
  const scrape = new Scrape({});
  scrape.count('edgesync_upstream_fetches_total', 'Requests of the cache for contents.', asked);
  scrape.count('edgesync_upstream_failed_fetches_total', 'Those of them that the origin did not answer.', failed);
  scrape.eventLoop('edgesync_upstream', process.eventLoop);
  return scrape.text();
}
