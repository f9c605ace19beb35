/**
 * A cache that the lab does not start: a URL, and the place at which it asks its backend. Everything that can be wrong
 * in its file is said by line.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { type PurgeRequest, type PurgeWay, textsOf, writtenHeaders } from '../../services/protocol/purge-ways.ts';
import type { Problem } from '../input/problems.ts';
import { namesIn, secretProblems, secretProblemsOfBody } from '../rails/secrets.ts';
import { cacheUrl } from './cache-url-key.ts';
import { type OwnOrigin, originReadOf, problemsOfPlaces, templatesOf, writtenOrigin } from './own-origin.ts';

const PORT_MAX = 65_535;
const EXPECTED_PORT = `expected a port from 1 to ${PORT_MAX}`;

/** As a file says it. */
export const writtenLive = z.strictObject({
  /** Where it is read, and purged. */
  url: cacheUrl,
  /** Where it is purged, if that is another place. */
  'purge-url': cacheUrl.optional(),
  /** Sent to `url` with every request, such as what a staging site asks for. */
  headers: writtenHeaders.default({}),
  /** An origin of the user's own: what the cache has as its backend, in place of our upstream. */
  origin: writtenOrigin.optional(),
  /** Where our upstream listens: what the cache has as its backend. */
  upstream: z
    .strictObject({
      host: z
        .string('expected an address of this machine')
        .refine((text) => isIP(text) !== 0, 'expected an address of this machine, such as 127.0.0.1')
        .default('127.0.0.1'),
      port: z.int(EXPECTED_PORT).min(1, EXPECTED_PORT).max(PORT_MAX, EXPECTED_PORT),
    })
    .optional(),
});
type WrittenLive = z.output<typeof writtenLive>;

/** Behind it stands our upstream, or an origin of the user's own. */
export type Live = Omit<WrittenLive, 'upstream' | 'origin'> &
  (
    | { readonly upstream: NonNullable<WrittenLive['upstream']>; readonly origin?: never }
    | { readonly origin: NonNullable<WrittenLive['origin']>; readonly upstream?: never }
  );

/** Of one that has no problems. */
export function toLive({ upstream, origin, ...live }: WrittenLive): Live | undefined {
  if (upstream !== undefined) return { ...live, upstream };
  return origin === undefined ? undefined : { ...live, origin };
}

/** Other sites, other names and other messages inside one: none is for a target file to say. */
const RAILED_HEADERS =
  /^(?:host|user-agent|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|forwarded|x-forwarded-(?:host|server|uri|prefix|path)|x-host|x-original-(?:host|url|uri)|x-envoy-original-path|x-rewrite-url|x-(?:http-)?method(?:-override)?)$/i;
/** Sent as it stands. */
const PLAIN_PATH = /^\/(?![/\\])[\x21-\x22\x24-\x7e]*$/;
/** What a server could resolve to another path, or take for the end of a line. */
const ELSEWHERE = /(?:\/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:\/|%2f|\\|%5c|;|%3b|%3f|%23|[?#]|$)|%[01][0-9a-f]|%7f/i;

export interface OfLive {
  readonly live: WrittenLive;
  readonly read: { readonly path: string };
  readonly ways: readonly PurgeWay[];
}

/** What the schema cannot say of it. */
export function problemsOfLive({ live, read, ways }: OfLive): readonly Problem[] {
  const { origin } = live;
  const ofOrigin =
    origin === undefined
      ? []
      : [
          ...problemsOfPlaces(origin),
          ...headerProblems(origin.headers, ['live', 'origin', 'headers']),
          ...requestsOf(origin).flatMap(({ kind, request }) => requestProblems(request, ['live', 'origin', kind])),
        ];
  return [
    ...behindProblems(live),
    ...pathProblems(read.path, ['read', 'path']),
    ...headerProblems(live.headers, ['live', 'headers']),
    ...ways.flatMap(({ mode, type, request }) => requestProblems(request, ['purge', mode, type])),
    ...ofOrigin,
  ];
}

function requestsOf(origin: OwnOrigin): readonly { readonly kind: string; readonly request: PurgeRequest }[] {
  const read = originReadOf(origin);
  return [...templatesOf(origin), ...(read === undefined ? [] : [{ kind: 'read', request: read }])];
}

function behindProblems({ upstream, origin }: WrittenLive): readonly Problem[] {
  if (upstream !== undefined && origin !== undefined)
    return [{ path: ['live', 'origin'], message: 'expected either upstream or origin: a cache has one backend' }];
  if (upstream !== undefined || origin !== undefined) return [];
  return [
    { path: ['live'], message: "expected upstream, the address of the lab's upstream, or origin, the requests that write to your origin" },
  ];
}

function requestProblems({ path, headers, body }: PurgeRequest, at: Problem['path']): readonly Problem[] {
  const ofBody = body === undefined ? [] : secretProblemsOfBody(JSON.parse(body));
  return [
    ...pathProblems(path, at),
    ...headerProblems(headers, [...at, 'headers']),
    ...ofBody.map(({ path: inBody, message }) => ({ path: [...at, 'body', ...inBody], message })),
  ];
}

/** Of a cache that the lab starts: it has no secrets. */
export function problemsOfStarted(ways: readonly PurgeWay[]): readonly Problem[] {
  return ways.flatMap(({ mode, type, request }) => {
    const isNamed = textsOf(request).some((text) => namesIn(text).length > 0);
    return isNamed ? [{ path: ['purge', mode, type], message: 'expected no <env:NAME>: only a live target has secrets' }] : [];
  });
}

function pathProblems(path: string, at: Problem['path']): readonly Problem[] {
  if (namesIn(path).length > 0) return [{ path: at, message: 'expected <env:NAME> in a header: paths are printed in logs and reports' }];
  // One server decodes what another has encoded, so a percent that is encoded is one.
  if (PLAIN_PATH.test(path) && !ELSEWHERE.test(path.replace(/%(?:25)+/g, '%'))) return [];
  return [{ path: at, message: 'expected a path of one host in ASCII, without // at its start, without /../, line breaks, spaces and #' }];
}

function headerProblems(headers: Readonly<Record<string, string>>, at: Problem['path']): readonly Problem[] {
  const railed = Object.keys(headers).filter((name) => RAILED_HEADERS.test(name));
  return [
    ...railed.map((name) => ({ path: [...at, name], message: 'a live target may not set this header' })),
    ...secretProblems(headers).map(({ name, message }) => ({ path: [...at, name], message })),
  ];
}

/** In the file of a live target a secret may stand in the wrong place: what was got is not told. */
export function withoutValues(file: unknown, problems: readonly Problem[]): readonly Problem[] {
  if (typeof file !== 'object' || file === null || !('live' in file)) return problems;
  return problems.map(({ path, message }) => ({ path, message: message.replace(/, got .*$/s, '') }));
}
