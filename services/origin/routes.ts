/** The routes of the origin: content, purges, metrics, health. Knows nothing of sockets. */
import type { InvalidationLog } from '../log/log.ts';
import { type Content, contentChange, contentDraft, contentListQuery } from '../protocol/content.ts';
import { ServiceError } from '../protocol/errors.ts';
import { purgeRequest } from '../protocol/invalidation.ts';
import type { OriginHealth, OriginMetrics } from '../protocol/origin-api.ts';
import type { Clock } from '../runtime/clock.ts';
import { falseCondition, matchesEtag, preconditionFailed, readCondition, readTags } from '../runtime/conditions.ts';
import { idOf } from '../runtime/content-id.ts';
import type { FrontPage } from '../runtime/front-page.ts';
import { parseInput } from '../runtime/http.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import { beginAnswer } from '../runtime/process-report.ts';
import type { HttpAnswer, HttpRequest, Route } from '../runtime/route.ts';
import { scraped } from '../runtime/scraped.ts';
import { type Contents, notFound } from './contents.ts';
import { type Database, DatabaseUnavailable } from './database/database.ts';
import { etagOf } from './etag.ts';
import type { Outbox } from './outbox.ts';
import { renderPrometheus } from './prometheus.ts';
import type { Relay } from './relay.ts';

export interface OriginAppOptions {
  readonly database: Database;
  readonly contents: Contents;
  readonly outbox: Outbox;
  readonly relay: Relay;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  /** Of its process. Left out: nobody looks. */
  readonly lateness?: LatenessMeter | undefined;
}

const METRIC_VERSIONS_MAX = 100;
const RETRY_AFTER_S = 1;

export const ORIGIN_PAGE: FrontPage = {
  title: 'EdgeSync origin',
  about: 'The origin of the CDN: it holds the contents, and writes an invalidation for each change.',
  links: [
    { path: '/api/content', about: 'the contents, by id' },
    { path: '/api/content/1', about: 'one of them, with its version' },
    { path: '/metrics', about: 'reads, writes, the outbox, what was published last' },
    { path: '/health', about: 'what the origin can reach' },
  ],
};

export function originRoutes(options: OriginAppOptions): readonly Route[] {
  const { contents, relay } = options;
  const requests = { reads: 0, writes: 0 };
  const read = (handle: Route['handle']) =>
    guarded((request) => {
      requests.reads += 1;
      return handle(request);
    });
  const write = (handle: Route['handle']) =>
    guarded(async (request) => {
      requests.writes += 1;
      const answer = await handle(request);
      relay.wake();
      return answer;
    });
  return [
    {
      method: 'POST',
      path: '/api/content',
      takes: ['body'],
      handle: write(async ({ body }) => created(await contents.create(parseInput(contentDraft, body)))),
    },
    {
      method: 'PUT',
      path: '/api/content/:id',
      takes: ['body', 'conditions'],
      handle: write(async (request) =>
        found(await contents.update(idOf(request), parseInput(contentChange, request.body), readCondition(request.header))),
      ),
    },
    {
      method: 'DELETE',
      path: '/api/content/:id',
      takes: ['conditions'],
      handle: write(async (request) => ok(await contents.delete(idOf(request), readCondition(request.header)))),
    },
    { method: 'GET', path: '/api/content/:id', handle: read((request) => readContent(contents, request)) },
    { method: 'GET', path: '/api/content', handle: read((request) => listContents(contents, request)) },
    { method: 'POST', path: '/api/invalidate', takes: ['body'], handle: write((request) => purge(options.outbox, request)) },
    { method: 'GET', path: '/metrics', handle: guarded((request) => answerMetrics(options, requests, request)) },
    { method: 'GET', path: '/health', handle: () => answerHealth(options) },
  ];
}

/** A database that does not answer is 503: the write may have happened, or may not. */
function guarded(handle: Route['handle']): Route['handle'] {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      throw new ServiceError('unavailable', 'the database does not answer', { cause: error, retryAfterS: RETRY_AFTER_S });
    }
  };
}

function ok(data: unknown): HttpAnswer {
  return { status: 200, body: { success: true, data } };
}

function found(content: Content): HttpAnswer {
  return { ...ok(content), headers: { etag: etagOf(content) } };
}

function created(content: Content): HttpAnswer {
  return { ...found(content), status: 201, headers: { etag: etagOf(content), location: `/api/content/${content.id}` } };
}

async function readContent(contents: Contents, request: HttpRequest): Promise<HttpAnswer> {
  const known = await contents.find(idOf(request));
  if (known.content === null) throw notFound(known.version);
  const etag = etagOf(known.content);
  const ifMatch = readTags('if-match', request.header('if-match'));
  if (falseCondition({ ifMatch }, etag) !== undefined) throw preconditionFailed('if-match', etag);
  if (matchesEtag(request.header('if-none-match'), etag)) return { status: 304, headers: { etag } };
  return found(known.content);
}

async function listContents(contents: Contents, request: HttpRequest): Promise<HttpAnswer> {
  const query = parseInput(contentListQuery, request.query, 'query');
  const data = await contents.list(query);
  return { status: 200, body: { success: true, data, next: data.length < query.limit ? null : (data.at(-1)?.id ?? null) } };
}

async function purge(outbox: Outbox, request: HttpRequest): Promise<HttpAnswer> {
  const id = await outbox.enqueue(parseInput(purgeRequest, request.body));
  return { status: 202, body: { success: true, data: { id } } };
}

async function answerMetrics(options: OriginAppOptions, requests: OriginMetrics['requests'], request: HttpRequest): Promise<HttpAnswer> {
  const metrics = await collectMetrics(options, requests);
  return scraped(request, metrics, renderPrometheus);
}

async function collectMetrics(options: OriginAppOptions, requests: OriginMetrics['requests']): Promise<OriginMetrics> {
  const { contents, outbox, relay } = options;
  const tellProcess = beginAnswer(options);
  const [versions, status] = await Promise.all([contents.latestVersions(METRIC_VERSIONS_MAX), outbox.status()]);
  return {
    success: true,
    versions: [...versions],
    outbox: status,
    published: relay.published(),
    requests: { ...requests },
    process: tellProcess(),
  };
}

async function answerHealth({ database, log }: OriginAppOptions): Promise<HttpAnswer> {
  const connected = { postgres: await database.connected(), log: log.connected() };
  const healthy = connected.postgres && connected.log;
  const say = (is: boolean) => (is ? 'connected' : 'disconnected');
  const body: OriginHealth = { status: healthy ? 'ok' : 'unavailable', postgres: say(connected.postgres), log: say(connected.log) };
  return { status: healthy ? 200 : 503, body };
}
