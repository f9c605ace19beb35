/**
 * Whom and what a request is for, decided before Express sees it: its target, its Host, and lines that Node would drop.
 * Express matches paths only; of a whole URL it would warn on standard error, and look at the wrong Host.
 */
import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../protocol/errors.ts';

/** What a target may hold: printable ASCII without `#`, for a fragment is never sent (RFC 9112, section 3.2). */
const TARGET = /^[!"$-~]+$/;
const WHOLE_URL = /^(https?):\/\/([^/?]*)(.*)$/i;

/** The path and the query it asks for, as sent. Throws `invalid_field` or `misdirected_request`. */
export function targetOf(request: IncomingMessage, allowedHosts: ReadonlySet<string>): string {
  refuseRepeated(request);
  const { host } = request.headers;
  if (host === undefined && request.httpVersion === '1.1') throw new ServiceError('invalid_field', 'host: expected one, got none');
  const { scheme, authority, target } = readTarget(request.url ?? '');
  checkHost(authority ?? host ?? '', allowedHosts);
  // What asks for TLS must not be answered without (RFC 9110, section 7.4).
  if (scheme === 'https') throw new ServiceError('misdirected_request', 'expected a target with http:, got one with https:');
  return target;
}

/** Of the forms of RFC 9112 section 3.2 those that name a resource: a path, or a whole URL. */
function readTarget(url: string): { readonly scheme?: string; readonly authority?: string; readonly target: string } {
  if (TARGET.test(url) && url.startsWith('/')) return { target: url };
  const [, scheme = '', authority, rest = ''] = (TARGET.test(url) && URL.canParse(url) && WHOLE_URL.exec(url)) || [];
  if (authority === undefined)
    throw new ServiceError('invalid_field', 'target: expected a path or an http: URL, in ASCII and without a fragment');
  return { scheme: scheme.toLowerCase(), authority, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Node keeps the first line of some headers and drops the others; what may come in several lines it joins. */
function refuseRepeated(request: IncomingMessage): void {
  const { headers, rawHeaders } = request;
  // Names and values: with as many lines as names there is none twice, which is every request but a few.
  if (rawHeaders.length === 2 * Object.keys(headers).length) return;
  for (const [name, lines = []] of Object.entries(request.headersDistinct)) {
    if (lines.length > 1 && headers[name] === lines[0])
      throw new ServiceError('invalid_field', `${name}: expected one line, got ${lines.length}`);
  }
}

export function isAllowed(host: string, allowed: ReadonlySet<string>): boolean {
  return allowed.has(host.replace(/:\d+$/, '').toLowerCase());
}

/** In a whole URL it is the target's host that counts (RFC 9112, section 3.2.2). */
function checkHost(host: string, allowed: ReadonlySet<string>): void {
  if (isAllowed(host, allowed)) return;
  throw new ServiceError('misdirected_request', `expected a Host among ${[...allowed].join(', ')}, got ${JSON.stringify(host)}`);
}

/**
 * The parameters of a target. Throws `invalid_field` for what `querystring` would change: bytes that are not UTF-8, a
 * `%` that encodes nothing, a parameter said twice.
 */
export function readQuery(search: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = Object.create(null);
  for (const pair of search.slice(1).split('&')) {
    if (pair === '') continue;
    const [name = '', ...value] = pair.split('=');
    const key = decode(name);
    if (key in query) throw new ServiceError('invalid_field', `${key}: expected once, got it twice`);
    query[key] = decode(value.join('='));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new ServiceError('invalid_field', `query: expected text in UTF-8, percent-encoded, got ${JSON.stringify(text)}`, {
      cause: error,
    });
  }
}
