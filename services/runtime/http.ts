/**
 * HTTP for the services, the one owner of Express. A service is a list of routes: functions from a request to an answer
 * that know nothing of sockets. This file adds what every service needs: the Host check, JSON bodies, error answers,
 * 404 and 405, a server that closes.
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { z } from 'zod';
import { ServiceError } from '../protocol/errors.ts';
import { systemClock } from './clock.ts';
import { readCondition, refuseUntagged } from './conditions.ts';
import type { Logger } from './log.ts';

export interface HttpRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The query as sent, with its `?`; empty without one. */
  readonly search: string;
  readonly body: unknown;
  header(name: string): string | undefined;
  /** The one of these media types that the client likes best; the first when it does not care. */
  prefers<const Type extends string>(...types: readonly Type[]): Type | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON; left out for 304. */
  readonly body?: unknown;
  /** Instead of a JSON body: text with its own `content-type` header. */
  readonly text?: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** What it looks at. What it does not take, a write must not carry: it would be dropped without a word. */
  readonly takes?: readonly ('body' | 'conditions')[];
  handle(request: HttpRequest): Promise<HttpAnswer> | HttpAnswer;
}

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
}

export const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'] as const;

const BODY_BYTES_MAX = 1024 * 1024;
/** Above the idle time of any client of ours, so that a client never writes into a connection being closed. */
const KEEP_ALIVE_MS = 65_000;
const CLOSE_GRACE_MS = 2_000;

/** Validates input against a schema; the error names the first field that is wrong. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, name = 'body'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  throw new ServiceError('invalid_field', `${field || name}: ${issue?.message ?? 'not valid'}`);
}

function hostName(header: string): string {
  return header.replace(/:\d+$/, '').toLowerCase();
}

function checkHost(allowedHosts: readonly string[]): express.RequestHandler {
  const allowed = new Set(allowedHosts.map((name) => name.toLowerCase()));
  return (request, _response, next) => {
    const header = request.headers.host ?? '';
    if (allowed.has(hostName(header))) return next();
    next(new ServiceError('misdirected_request', `expected a Host among ${[...allowed].join(', ')}, got ${JSON.stringify(header)}`));
  };
}

function checkContentType(request: express.Request, _response: express.Response, next: express.NextFunction): void {
  const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (!hasBody || request.is('application/json')) return next();
  const got = JSON.stringify(request.headers['content-type'] ?? '');
  next(new ServiceError('unsupported_media_type', `expected content-type application/json, got ${got}`));
}

/** What Express and its body parser throw, in our words. */
function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  if (type === 'entity.too.large') return new ServiceError('body_too_large', `expected a body of at most ${BODY_BYTES_MAX} bytes`);
  if (type === 'entity.parse.failed') return new ServiceError('malformed_json', 'expected a body in JSON');
  if (type === 'charset.unsupported') return new ServiceError('unsupported_media_type', 'expected JSON in UTF-8');
  if (type === 'encoding.unsupported')
    return new ServiceError('unsupported_media_type', 'expected no content-encoding, gzip, deflate or br');
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status >= 400 && status < 500) return new ServiceError('invalid_field', 'expected a readable request', { cause: error });
  return new ServiceError('internal', 'internal error', { cause: error });
}

function answerErrors(log: Logger): express.ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const error = toServiceError(thrown);
    if (error.code === 'internal') log.error({ method: request.method, path: request.path, cause: String(error.cause) }, 'request failed');
    if (response.headersSent || response.destroyed) return;
    if (error.retryAfterS !== undefined) response.setHeader('retry-after', String(error.retryAfterS));
    if (error.code === 'unauthorized') response.setHeader('www-authenticate', 'Bearer');
    response.status(error.status).json(error.body());
  };
}

/** Of a route that does not look at conditions: they are about the path's representation, which has no tag. */
function refuseWithoutTag({ method, takes = [], path }: Route, routes: readonly Route[], header: HttpRequest['header']): void {
  if (method === 'GET' || takes.includes('conditions')) return;
  const isThere = routes.some((route) => route.path === path && route.method === 'GET');
  refuseUntagged(readCondition(header), isThere);
}

function handlerOf(route: Route, routes: readonly Route[]): express.RequestHandler {
  return async (request, response) => {
    const header = (name: string) => request.get(name);
    refuseWithoutTag(route, routes, header);
    const answer = await route.handle({
      method: request.method,
      params: request.params as Record<string, string>,
      query: request.query,
      search: new URL(request.originalUrl, 'http://localhost').search,
      body: request.body,
      header,
      prefers: (...types) => types.find((type) => type === request.accepts([...types])),
    });
    response.status(answer.status);
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (answer.text !== undefined) response.send(answer.text);
    else if (answer.body === undefined) response.end();
    else response.json(answer.body);
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

function createApp({ routes, allowedHosts, log }: HttpServiceOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(checkHost(allowedHosts), checkContentType, express.json({ limit: BODY_BYTES_MAX, type: 'application/json' }));
  for (const route of routes) {
    const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
    app[method](route.path, handlerOf(route, routes));
  }
  for (const path of new Set(routes.map((route) => route.path))) app.all(path, refuseOtherMethods(routes, path));
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

/** Of the forms of RFC 9112 section 3.2 those that name a resource: a path, or a whole URL. */
function isReadableTarget(target: string): boolean {
  return target.startsWith('/') || (/^https?:\/\//i.test(target) && URL.canParse(target));
}

/** Express answers a target it cannot parse with a page of HTML, before any of our checks. */
function listenerOf(app: express.Express): RequestListener {
  return (request, response) => {
    if (isReadableTarget(request.url ?? '')) return app(request, response);
    const error = new ServiceError('invalid_field', 'expected a request target that is a path or an http: URL');
    const text = JSON.stringify(error.body());
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
    response.writeHead(error.status, headers).end(text);
  };
}

/** Serves the routes. Port 0 takes a free one. Rejects with the system's error when the address cannot be bound. */
export function serveHttp(options: HttpServiceOptions & { readonly port: number; readonly host: string }): Promise<HttpServer> {
  const server = createServer(listenerOf(createApp(options)));
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
