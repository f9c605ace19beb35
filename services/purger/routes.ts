/**
 * The routes of a purger: metrics, health and settings, in the shapes of an edge. Of reads it knows nothing: those are
 * the cache's.
 */

import { LagMeter } from '../edge/lag.ts';
import type { EdgeMeter } from '../edge/metrics.ts';
import { OVERDUE_MS_MAX } from '../edge/overdue.ts';
import type { EdgeSettings } from '../edge/settings.ts';
import { settingsRoutes } from '../edge/settings-routes.ts';
import type { InvalidationLog } from '../log/log.ts';
import type { EdgeMetrics } from '../protocol/edge-api.ts';
import type { PurgerHealth, PurgerMetrics } from '../protocol/purger-api.ts';
import { checkToken } from '../runtime/admin-token.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import { beginAnswer } from '../runtime/process-report.ts';
import type { HttpAnswer, HttpRequest, Route } from '../runtime/route.ts';
import { scraped } from '../runtime/scraped.ts';
import { renderPrometheus } from './prometheus.ts';
import type { Purger } from './purger.ts';

export interface PurgerAppOptions {
  readonly region: string;
  readonly purger: Purger;
  readonly log: InvalidationLog;
  readonly settings: EdgeSettings;
  readonly meter: EdgeMeter;
  readonly clock: Clock;
  /** Empty: the admin routes answer 403, always. */
  readonly adminToken: string;
  /** Of its process. Left out: nobody looks. */
  readonly lateness?: LatenessMeter | undefined;
}

export function purgerRoutes(options: PurgerAppOptions): readonly Route[] {
  const admit = (header: HttpRequest['header']) => checkToken(options.adminToken, header('authorization'));
  const lag = new LagMeter(options);
  return [
    { method: 'GET', path: '/metrics', handle: (request) => answerMetrics(options, lag, request) },
    { method: 'GET', path: '/health', handle: async () => answerHealth(options) },
    ...settingsRoutes(options.settings, admit),
  ];
}

async function answerMetrics(options: PurgerAppOptions, lag: LagMeter, request: HttpRequest): Promise<HttpAnswer> {
  const metrics = await collectMetrics(options, lag);
  return scraped(request, metrics, renderPrometheus);
}

async function collectMetrics(options: PurgerAppOptions, lag: LagMeter): Promise<PurgerMetrics> {
  const { region, purger, log, settings, meter } = options;
  const tellProcess = beginAnswer(options);
  const { applied, overdueMs, ...status } = purger.status();
  const told: EdgeMetrics['log'] = {
    ...status,
    connected: log.connected(),
    lag: await lag.behind(applied),
    applied: Object.fromEntries(applied),
    overdueMs: Math.round(overdueMs),
    unreadable: meter.unreadable,
  };
  return {
    success: true,
    region,
    strategy: settings.strategy,
    propagationDelayMs: settings.propagationDelayMs,
    ...meter.snapshot(),
    versions: [],
    log: told,
    purges: { ...purger.counts },
    process: tellProcess(),
  };
}

function answerHealth({ region, log, purger }: PurgerAppOptions): HttpAnswer {
  const isConnected = log.connected();
  const isOnTime = purger.status().overdueMs <= OVERDUE_MS_MAX;
  const body: PurgerHealth = {
    status: isConnected && isOnTime && purger.isStored ? 'ok' : 'degraded',
    region,
    log: isConnected ? 'connected' : 'disconnected',
    cache: isOnTime ? 'takes purges' : 'overdue',
    positions: purger.isStored ? 'stored' : 'not stored',
  };
  return { status: 200, body };
}
