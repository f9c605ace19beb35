/** The routes of an upstream, on a port of their own: every path of the other one is the origin's. */
import type { UpstreamHealth, UpstreamMetrics } from '../protocol/upstream-api.ts';
import { beginAnswer, type ReportedProcess } from '../runtime/process-report.ts';
import type { HttpAnswer, Route } from '../runtime/route.ts';
import { scraped } from '../runtime/scraped.ts';
import { type UpstreamAdminOptions, upstreamAdminRoutes } from './admin-routes.ts';
import { renderPrometheus } from './prometheus.ts';
import type { Upstream } from './upstream.ts';

export interface UpstreamRoutesOptions extends ReportedProcess, Pick<UpstreamAdminOptions, 'adminToken'> {
  readonly upstream: Pick<Upstream, 'run' | 'counts'> & UpstreamAdminOptions['upstream'];
}

export function upstreamRoutes(options: UpstreamRoutesOptions): readonly Route[] {
  const { run, counts } = options.upstream;
  const health: HttpAnswer = { status: 200, body: { status: 'ok', run } satisfies UpstreamHealth };
  return [
    {
      method: 'GET',
      path: '/metrics',
      handle: async (request) => {
        const tellProcess = beginAnswer(options);
        const metrics: UpstreamMetrics = { success: true, run, fetches: { ...counts }, process: tellProcess() };
        return scraped(request, metrics, renderPrometheus);
      },
    },
    { method: 'GET', path: '/health', handle: async () => health },
    ...upstreamAdminRoutes(options),
  ];
}
