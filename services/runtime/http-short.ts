/**
 * A short way to the routes that nearly every request takes, past Express. It takes *plain* requests only: those that
 * every check of the long way passes on as they are. Whatever is not plain goes the long way, so what is refused is
 * refused there, in its words.
 *
 *   method    GET or HEAD, in HTTP/1.1, without a body
 *   target    the path of the route as it is spelled, its last step in characters that nobody encodes; no query
 *   headers   one line each, a Host that was admitted before, tags that can be read
 *
 * Both ways call one handler, and write the same bytes.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import { isTagList } from './conditions.ts';
import { dateOf } from './http-date.ts';
import { isAscii } from './http-headers.ts';
import type { HttpAnswer, HttpRequest, Route } from './route.ts';

export interface ShortWayOptions {
  readonly routes: readonly Route[];
  /** Whether a Host is one of this service. */
  readonly isAdmitted: (host: string) => boolean;
  /** What the header `date` goes by. */
  readonly clock: Pick<Clock, 'now'>;
  /** The answer to what a route throws. */
  readonly onError: (error: unknown, request: IncomingMessage) => HttpAnswer;
}

/** Answers whether it takes the request. If not, nothing has been done. */
export type ShortWay = (request: IncomingMessage, response: ServerResponse) => boolean;

interface ShortRoute {
  /** Its path up to the parameter that ends it. */
  readonly prefix: string;
  readonly parameter: string;
  readonly handle: Route['handle'];
}

const ENDS_IN_PARAMETER = /^(\/[^:]*\/):(\w+)$/;
const PLAIN_STEP = /^[\w-]+$/;
const CONTENT_TYPE = 'application/json; charset=utf-8';
const NO_QUERY: HttpRequest['query'] = Object.freeze({});

/** Throws where a route asks for the short way that the long way would look at more closely. */
export function shortWayOf({ routes, isAdmitted, clock, onError }: ShortWayOptions): ShortWay {
  const short = routes.filter((route) => route.isShort).map((route) => toShortRoute(route, routes));
  /** Most clients say the same Host each time. */
  let admitted: string | undefined;
  const isPlainHost = (host: string | undefined) => {
    if (host === undefined || (host !== admitted && !isAdmitted(host))) return false;
    admitted = host;
    return true;
  };
  return (request, response) => {
    const { method = '', url = '', headers } = request;
    if (method !== 'GET' && method !== 'HEAD') return false;
    const route = short.find(({ prefix }) => url.startsWith(prefix));
    const step = route === undefined ? '' : url.slice(route.prefix.length);
    if (route === undefined || !PLAIN_STEP.test(step) || !isPlain(request) || !isPlainHost(headers.host)) return false;
    const write = (answer: HttpAnswer) => writeAnswer(response, answer, dateOf(clock));
    const fail = (error: unknown) => {
      // Where it was the writing that failed, it stands already.
      response.statusMessage = '';
      write(onError(error, request));
    };
    try {
      const answer = route.handle(toRequest(method, { [route.parameter]: step }, headers));
      if (answer instanceof Promise) void answer.then(write).catch(fail);
      else write(answer);
    } catch (error) {
      fail(error);
    }
    return true;
  };
}

function toShortRoute({ method, path, admit, handle }: Route, routes: readonly Route[]): ShortRoute {
  const [, prefix, parameter] = ENDS_IN_PARAMETER.exec(path) ?? [];
  if (prefix === undefined || parameter === undefined) throw new Error(`expected a path that ends in a parameter, got ${path}`);
  if (method !== 'GET' || admit !== undefined) throw new Error(`expected a short route to be a GET that admits all, got ${method} ${path}`);
  const other = routes.find((each) => each.path !== path && each.path.startsWith(prefix));
  if (other !== undefined) throw new Error(`expected no other route below that of ${path}, got ${other.path}`);
  return { prefix, parameter, handle };
}

function isPlain({ httpVersion, headers, rawHeaders }: IncomingMessage): boolean {
  if (httpVersion !== '1.1' || rawHeaders.length !== 2 * Object.keys(headers).length) return false;
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
  const tags = headers['if-none-match'];
  return tags === undefined || isTagList(tags);
}

function toRequest(method: string, params: HttpRequest['params'], headers: IncomingHttpHeaders): HttpRequest {
  return {
    method,
    params,
    query: NO_QUERY,
    search: '',
    body: undefined,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    prefers: () => {
      throw new Error('expected a short route to answer JSON, and it asks what else is preferred');
    },
  };
}

/**
 * As Express writes JSON, or nothing. To a HEAD Node sends the headers only. Throws what Node says of a header that it
 * cannot write.
 */
function writeAnswer(response: ServerResponse, { status, headers = {}, body, json }: HttpAnswer, date: string): void {
  if (response.headersSent || response.destroyed) return;
  const lines: string[] = ['date', date];
  for (const name in headers) lines.push(name, headers[name] as string);
  if (body === undefined) {
    response.writeHead(status, lines).end();
    return;
  }
  const text = json?.() ?? JSON.stringify(body);
  lines.push('Content-Type', CONTENT_TYPE, 'Content-Length', String(Buffer.byteLength(text)));
  // A body that is text is sent in one piece with the headers, in UTF-8: that would change what they hold beyond ASCII.
  response.writeHead(status, lines).end(isAscii(headers) ? text : Buffer.from(text));
}
