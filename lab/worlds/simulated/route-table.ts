/** Finds the route of a request and calls it, as the HTTP server of a service would. */
import { ServiceError } from '../../../services/protocol/errors.ts';
import type { HttpAnswer, HttpRequest, Route } from '../../../services/runtime/route.ts';

export interface NetworkRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

const NOTHING: Readonly<Record<string, string>> = {};

export class RouteTable {
  /** By number of segments. */
  readonly #patterns = new Map<number, Pattern[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.path.split('/');
      this.#patterns.set(segments.length, [...(this.#patterns.get(segments.length) ?? []), { route, segments }]);
    }
  }

  /** Throws ServiceError for what there is not, and whatever the route throws, at once or later. */
  handle({ method, path, headers, body }: NetworkRequest): HttpAnswer | Promise<HttpAnswer> {
    const at = path.indexOf('?');
    const [resource, search] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)];
    const segments = resource.split('/');
    for (const pattern of this.#patterns.get(segments.length) ?? []) {
      const params = pattern.route.method === method ? paramsOf(pattern, segments) : undefined;
      if (params === undefined) continue;
      const request = { method, params, query: queryOf(search), search, body, ...negotiation(headers) };
      pattern.route.admit?.(request.header);
      return pattern.route.handle(request);
    }
    throw new ServiceError('unknown_route', `no route ${method} ${resource}`);
  }
}

/** undefined: the path is another one. */
function paramsOf({ segments: expected }: Pattern, segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let at = 0; at < expected.length; at += 1) {
    const [segment = '', got = ''] = [expected[at], segments[at]];
    if (segment.startsWith(':')) params[segment.slice(1)] = got;
    else if (segment !== got) return undefined;
  }
  return params;
}

function queryOf(search: string): Readonly<Record<string, string>> {
  return search === '' ? NOTHING : Object.fromEntries(new URLSearchParams(search));
}

function negotiation(headers: Readonly<Record<string, string>>): Pick<HttpRequest, 'header' | 'prefers'> {
  return { header: (name) => headers[name], prefers: (...types) => types[0] };
}
