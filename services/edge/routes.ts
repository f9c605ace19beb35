/** The routes of an edge: reads, metrics, health and the admin routes. Knows nothing of sockets. */
import { z } from 'zod';
import type { InvalidationLog } from '../log/log.ts';
import { queryInteger } from '../protocol/content.ts';
import type { EdgeHealth, EdgeMetrics, VersionRow } from '../protocol/edge-api.ts';
import { ServiceError } from '../protocol/errors.ts';
import { checkToken } from '../runtime/admin-token.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FrontPage } from '../runtime/front-page.ts';
import { parseInput } from '../runtime/http.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import { beginAnswer } from '../runtime/process-report.ts';
import type { HttpAnswer, HttpRequest, Route } from '../runtime/route.ts';
import { scraped } from '../runtime/scraped.ts';
import type { Breaker } from './breaker.ts';
import { CacheUnavailable, type EdgeCache } from './cache/cache.ts';
import type { EntryLifetimes } from './entry-times.ts';
import type { Invalidator } from './invalidator.ts';
import { LagMeter } from './lag.ts';
import type { ToldLease } from './lease-told.ts';
import type { EdgeMeter } from './metrics.ts';
import { noAnswer } from './no-answer.ts';
import { OriginCalls } from './origin-calls.ts';
import { type OriginClient, OriginUnavailable } from './origin-client.ts';
import { OVERDUE_MS_MAX } from './overdue.ts';
import { renderPrometheus } from './prometheus.ts';
import { readContent } from './read-route.ts';
import type { Reader } from './reader.ts';
import type { EdgeSettings } from './settings.ts';
import { settingsRoutes } from './settings-routes.ts';
import type { Warming } from './warming.ts';

export interface EdgeAppOptions {
  readonly region: string;
  readonly reader: Reader;
  readonly cache: EdgeCache;
  readonly origin: OriginClient;
  /** Left out: there is none. */
  readonly breaker?: Breaker | undefined;
  /** Left out: nothing is fetched before it is read. */
  readonly warming?: Warming | undefined;
  readonly log: InvalidationLog;
  readonly invalidator: Invalidator;
  readonly settings: EdgeSettings;
  readonly meter: EdgeMeter;
  readonly lifetimes: EntryLifetimes;
  readonly clock: Clock;
  /** Empty: the admin routes answer 403, always. */
  readonly adminToken: string;
  /** Of its process. Left out: nobody looks. */
  readonly lateness?: LatenessMeter | undefined;
  /** undefined: there is no lease. */
  readonly tellLease: () => ToldLease | undefined;
}

const METRIC_VERSIONS_MAX = 100;
const ADMIN_ENTRIES_MAX = 10_000;

const entriesQuery = z.strictObject({ limit: queryInteger(1, ADMIN_ENTRIES_MAX).default(METRIC_VERSIONS_MAX) });

export function edgeRoutes(options: EdgeAppOptions): readonly Route[] {
  const admit = (header: HttpRequest['header']) => checkToken(options.adminToken, header('authorization'));
  const [lag, calls] = [new LagMeter(options), new OriginCalls(options)];
  return [
    { method: 'GET', path: '/api/content/:id', isShort: true, handle: readContent(options) },
    { method: 'GET', path: '/api/content', handle: (request) => listContents(calls, request) },
    { method: 'GET', path: '/metrics', handle: (request) => answerMetrics(options, lag, request) },
    { method: 'GET', path: '/health', handle: () => answerHealth(options) },
    ...settingsRoutes(options.settings, admit),
    { method: 'POST', path: '/admin/flush', admit, handle: () => flush(options) },
    { method: 'GET', path: '/admin/entries', admit, handle: (request) => listEntries(options, request) },
  ];
}

export function edgePage(region: string): FrontPage {
  return {
    title: `EdgeSync edge ${region}`,
    about: 'The edge of this region: it answers from its cache, and fetches from the origin what is not there.',
    links: [
      { path: '/api/content/1', about: 'a content, with where the answer is from, whether it is fresh, and how old it is' },
      { path: '/api/content', about: 'the contents that the origin has' },
      { path: '/metrics', about: 'hit ratio, latencies, versions in the cache, the log' },
      { path: '/health', about: 'what the edge can reach' },
    ],
  };
}

async function listContents(origin: OriginCalls, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await origin.list(request.search);
  } catch (error) {
    if (error instanceof OriginUnavailable) throw noAnswer(error.message, error);
    throw error;
  }
}

async function answerMetrics(options: EdgeAppOptions, lag: LagMeter, request: HttpRequest): Promise<HttpAnswer> {
  const metrics = await collectMetrics(options, lag);
  return scraped(request, metrics, renderPrometheus);
}

async function collectMetrics(options: EdgeAppOptions, lag: LagMeter): Promise<EdgeMetrics> {
  const { region, log, invalidator, settings, meter, tellLease, breaker, warming } = options;
  const tellProcess = beginAnswer(options);
  const lease = tellLease();
  const { catchingUp, joins, queued, unmarked, overdueMs, applied } = invalidator.status();
  return {
    success: true,
    region,
    strategy: settings.strategy,
    propagationDelayMs: settings.propagationDelayMs,
    freshnessLeaseMs: settings.freshnessLeaseMs,
    ...meter.snapshot(),
    versions: await toldVersions(options, METRIC_VERSIONS_MAX),
    log: {
      connected: log.connected(),
      catchingUp,
      joins,
      lag: eventsOf(await lag.behind(applied), unmarked),
      applied: Object.fromEntries(applied),
      queued,
      overdueMs: Math.round(overdueMs),
      unreadable: meter.unreadable,
    },
    ...(lease === undefined ? {} : { lease: lease.metrics }),
    ...(breaker === undefined ? {} : { breaker: breaker.told() }),
    ...(warming === undefined ? {} : { warming: warming.told() }),
    process: tellProcess(),
  };
}

/** Heartbeats that were read are no events; of what was not read nobody knows. */
function eventsOf(behind: number | null, unmarked: number): number | null {
  return behind === null ? null : Math.max(0, behind - unmarked);
}

function emptyWhenAway(error: unknown): [] {
  if (error instanceof CacheUnavailable) return [];
  throw error;
}

async function answerHealth({ region, cache, log, origin, invalidator, tellLease, breaker }: EdgeAppOptions): Promise<HttpAnswer> {
  const [redis, originAnswers] = await Promise.all([cache.condition(), origin.answers()]);
  const say = (is: boolean) => (is ? 'connected' : 'disconnected');
  const canServe = redis !== 'disconnected' || originAnswers;
  // What is known and not applied makes a region less than whole, whoever is to blame for it.
  const isOnTime = invalidator.status().overdueMs <= OVERDUE_MS_MAX;
  const lease = tellLease()?.health;
  const isHeld = lease === undefined || lease === 'held';
  const state = breaker?.told().state;
  const isAsked = state === undefined || state === 'closed';
  const all = redis === 'connected' && log.connected() && originAnswers && isOnTime && isHeld && isAsked;
  const body: EdgeHealth = {
    status: canServe ? (all ? 'ok' : 'degraded') : 'unavailable',
    region,
    redis,
    log: say(log.connected()),
    origin: say(originAnswers),
    ...(lease === undefined ? {} : { lease }),
    ...(state === undefined ? {} : { breaker: state }),
  };
  return { status: canServe ? 200 : 503, body };
}

async function flush({ cache }: EdgeAppOptions): Promise<HttpAnswer> {
  try {
    await cache.flush();
  } catch (error) {
    if (error instanceof CacheUnavailable)
      throw new ServiceError('unavailable', 'the cache does not answer', { cause: error, retryAfterS: 1 });
    throw error;
  }
  return { status: 200, body: { success: true } };
}

async function toldVersions({ cache, tellLease }: EdgeAppOptions, limit: number): Promise<VersionRow[]> {
  const rows = await cache.versions(limit).catch(emptyWhenAway);
  const versionOf = tellLease()?.versionOf ?? (({ key, version, state }) => ({ key, version, state }));
  return rows.map(versionOf);
}

async function listEntries(options: EdgeAppOptions, request: HttpRequest): Promise<HttpAnswer> {
  const { limit } = parseInput(entriesQuery, request.query, 'query');
  return { status: 200, body: { success: true, data: await toldVersions(options, limit) } };
}
