/** What `/metrics` answers: JSON, or Prometheus text to whoever prefers that. */
import type { HttpAnswer, HttpRequest } from './route.ts';
import { PROMETHEUS_ACCEPTED, PROMETHEUS_CONTENT_TYPE } from './scrape.ts';

export async function scraped<Metrics extends object>(
  request: Pick<HttpRequest, 'prefers'>,
  metrics: Metrics,
  render: (metrics: Metrics) => Promise<string>,
): Promise<HttpAnswer> {
  const headers = { vary: 'Accept' };
  if (request.prefers('application/json', PROMETHEUS_ACCEPTED) !== PROMETHEUS_ACCEPTED) return { status: 200, headers, body: metrics };
  return { status: 200, headers: { ...headers, 'content-type': PROMETHEUS_CONTENT_TYPE }, text: await render(metrics) };
}
