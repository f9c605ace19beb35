/**
 * HTTP for the services, the one owner of Express. A service is a list of routes: functions from a request to an answer
 * that know nothing of sockets. This file and those beside it add what every service needs: the Host check, JSON
 * bodies, error answers, 404 and 405, a server that closes. What comes in reaches a route as it was sent, or is
 * refused.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { z } from 'zod';
import { ServiceError } from '../protocol/errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { readCondition, refuseUntagged } from './conditions.ts';
import { type FrontPage, pageOf } from './front-page.ts';
import { checkBodyHeaders, readBody } from './http-body.ts';
import { dateOf } from './http-date.ts';
import { isAscii } from './http-headers.ts';
import { answerRefusals, headersOf, refuse } from './http-refusals.ts';
import { shortWayOf } from './http-short.ts';
import { isAllowed, readQuery, targetOf } from './http-target.ts';
import type { Logger } from './log.ts';
import type { HttpAnswer, HttpRequest, Route } from './route.ts';

export interface HttpServer {
  readonly port: number;
  /** Stops accepting, lets open requests end for a moment (2 s unless told), then cuts them. */
  close(graceMs?: number): Promise<void>;
}

export interface HttpServiceOptions {
  readonly routes: readonly Route[];
  /** Host names this service answers to; anything else gets 421, which stops DNS rebinding. */
  readonly allowedHosts: readonly string[];
  readonly log: Logger;
  /** What a browser gets at `/`; left out: a 404, as every other client gets. */
  readonly frontPage?: FrontPage;
  /**
   * Waited for before whatever is no route is answered, as the page is; the handlers of routes wait themselves. Left
   * out: nothing is.
   */
  readonly held?: () => Promise<void>;
  /** What the header `date` goes by. Left out: the system's. */
  readonly clock?: Clock | undefined;
}

export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

const BODY_BYTES_MAX = 1024 * 1024;
/** Above the idle time of any client of ours, so that a client never writes into a connection being closed. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_GRACE_MS = 2_000;
/** A body or a query of which a route takes nothing; an empty object says nothing. */
const NOTHING = z.strictObject({}).optional();

/** Validates input against a schema; the error names the first field that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, name = 'body'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  throw new ServiceError('invalid_field', `${field || name}: ${issue?.message ?? 'not valid'}`);
}

/** What Express and its body reader throw, in our words. */
function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  if (type === 'entity.too.large') return new ServiceError('body_too_large', `expected a body of at most ${BODY_BYTES_MAX} bytes`);
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (error instanceof URIError)
    return new ServiceError('invalid_field', 'path: expected text in UTF-8, percent-encoded', { cause: error });
  if (status >= 400 && status < 500) return new ServiceError('invalid_field', 'body: expected a readable one', { cause: error });
  return new ServiceError('internal', 'internal error', { cause: error });
}

function told(thrown: unknown, { method, path }: { readonly method: string; readonly path: string }, log: Logger): ServiceError {
  const error = toServiceError(thrown);
  if (error.code === 'internal') log.error({ method, path, cause: String(error.cause) }, 'request failed');
  return error;
}

function answerErrors(log: Logger): express.ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const error = told(thrown, request, log);
    if (response.headersSent || response.destroyed) return;
    response.status(error.status).set(headersOf(error)).json(error.body());
  };
}

/**
 * What a request carries that its route does not look at: it would be dropped without a word. Reads may carry
 * parameters of anybody's.
 */
function refuseRest({ method, takes = [], path }: Route, routes: readonly Route[], request: HttpRequest): void {
  if (!takes.includes('body')) parseInput(NOTHING, request.body);
  if (method === 'GET') return;
  parseInput(NOTHING, request.query, 'query');
  if (takes.includes('conditions')) return;
  refuseUntagged(
    readCondition(request.header),
    routes.some((route) => route.path === path && route.method === 'GET'),
  );
}

/** With its `?`; empty without one. */
function searchOf(target: string): string {
  const at = target.indexOf('?');
  return at < 0 ? '' : target.slice(at);
}

function handlerOf(route: Route, routes: readonly Route[]): express.RequestHandler {
  return async (received, response) => {
    const header = (name: string) => received.get(name);
    route.admit?.(header);
    const search = searchOf(received.originalUrl);
    const request: HttpRequest = {
      method: received.method,
      params: received.params as Record<string, string>,
      get query() {
        return readQuery(search);
      },
      search,
      body: received.body instanceof Uint8Array ? readBody(received.body) : undefined,
      header,
      prefers: (...types) => types.find((type) => type === received.accepts([...types])),
    };
    refuseRest(route, routes, request);
    send(response, await route.handle(request));
  };
}

function send(response: express.Response, { status, headers = {}, text, body }: HttpAnswer): void {
  response.status(status);
  setHeaders(response, headers);
  if (text !== undefined) response.send(text);
  else if (body === undefined) response.end();
  else if (isAscii(headers)) response.json(body);
  else response.type('json').send(Buffer.from(JSON.stringify(body)));
}

/** All or none: the answer to a failure must not be kept as long as the one that could not be written. */
function setHeaders(response: express.Response, headers: Readonly<Record<string, string>>): void {
  try {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  } catch (error) {
    for (const name of Object.keys(headers)) response.removeHeader(name);
    throw error;
  }
}

/** The page is made once: nothing of it changes while the service runs. */
function answerBrowsers(page: FrontPage): express.RequestHandler {
  const answer = pageOf(page);
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && request.path === '/' && request.accepts(['json', 'html']) === 'html') send(response, answer);
    else next();
  };
}

function refuseOtherMethods(routes: readonly Route[], path: string): express.RequestHandler {
  const methods = routes.filter((route) => route.path === path).map((route) => route.method);
  const allow = (methods.includes('GET') ? ['HEAD', ...methods] : methods).join(', ');
  return (request, response, next) => {
    response.setHeader('allow', allow);
    next(new ServiceError('method_not_allowed', `expected ${allow}, got ${request.method}`));
  };
}

function createApp({ routes, log, frontPage, held }: HttpServiceOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // A path is one spelling: Express would take another case and a slash after it as well.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);
  app.use((request, _response, next) => {
    checkBodyHeaders(request.headers);
    next();
  });
  app.use(express.raw({ limit: BODY_BYTES_MAX, type: () => true, inflate: false }));
  for (const route of routes) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
    app[method](route.path, handlerOf(route, routes));
  }
  for (const path of new Set(routes.map((route) => route.path))) app.all(path, refuseOtherMethods(routes, path));
  if (held !== undefined) app.use((_request, _response, next) => void held().then(() => next(), next));
  if (frontPage !== undefined) app.use(answerBrowsers(frontPage));
  app.use((request, _response, next) => next(new ServiceError('unknown_route', `no route ${request.method} ${request.path}`)));
  app.use(answerErrors(log));
  return app;
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = systemClock.setTimer(graceMs, () => server.closeAllConnections());
    server.close(() => {
      cut.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listenerOf(options: HttpServiceOptions): RequestListener {
  const app = createApp(options);
  const allowedHosts = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
  const { clock = systemClock } = options;
  const shortWay = shortWayOf({
    routes: options.routes,
    clock,
    isAdmitted: (host) => isAllowed(host, allowedHosts),
    onError: (thrown, { method = '', url = '' }) => {
      const error = told(thrown, { method, path: url }, options.log);
      return { status: error.status, headers: headersOf(error), body: error.body() };
    },
  });
  return (request, response) => {
    if (shortWay(request, response)) return;
    // Node's own is renewed by a timer: one who was paused would send that of before, in answer to what was asked
    // meanwhile.
    response.setHeader('date', dateOf(clock));
    try {
      request.url = targetOf(request, allowedHosts);
    } catch (error) {
      return refuse(response, toServiceError(error));
    }
    app(request, response);
  };
}

/** Serves the routes. Port 0 takes a free one. Rejects with the system's error when the address cannot be bound. */
export function serveHttp(options: HttpServiceOptions & { readonly port: number; readonly host: string }): Promise<HttpServer> {
  // Without a Host Node would answer by itself, and of more than 2,000 headers drop the rest: 16 KiB bound them.
  const server = createServer({ requireHostHeader: false }, listenerOf(options));
  server.maxHeadersCount = 0;
  answerRefusals(server);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Once closing, a connection kept alive is idle when its last answer is out, and would use up the whole grace.
  server.on('request', (_request, response) => response.on('close', () => server.listening || server.closeIdleConnections()));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve({ port: (server.address() as AddressInfo).port, close: (graceMs = CLOSE_GRACE_MS) => closeServer(server, graceMs) });
    });
  });
}
