/** A cache that the lab does not start: a URL, and the place at which it asks its backend. Everything that can be wrong in its file is said by line. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { type PurgeWay, writtenHeaders } from '../../services/protocol/purge-ways.ts';
import type { Problem } from '../input/problems.ts';
import { readCacheUrl } from '../rails/cache-url.ts';
import { namesIn, secretProblems } from '../rails/secrets.ts';

const PORT_MAX = 65_535;
const EXPECTED_PORT = `expected a port from 1 to ${PORT_MAX}`;

const cacheUrl = z.string('expected a URL such as https://cdn.example').transform((text, context) => {
  const read = readCacheUrl(text);
  if (!('problem' in read)) return read;
  context.addIssue({ code: 'custom', message: read.problem });
  return z.NEVER;
});

/** As a file says it. */
export const writtenLive = z.strictObject({
  /** Where it is read, and purged. */
  url: cacheUrl,
  /** Where it is purged, if that is another place. */
  'purge-url': cacheUrl.optional(),
  /** Sent to `url` with every request, such as what a staging site asks for. */
  headers: writtenHeaders.default({}),
  /** Where our upstream listens: what the cache has as its backend. */
  upstream: z.strictObject({
    host: z
      .string('expected an address of this machine')
      .refine((text) => isIP(text) !== 0, 'expected an address of this machine, such as 127.0.0.1')
      .default('127.0.0.1'),
    port: z.int(EXPECTED_PORT).min(1, EXPECTED_PORT).max(PORT_MAX, EXPECTED_PORT),
  }),
});
export type Live = z.output<typeof writtenLive>;

/** Other sites, other names and other messages inside one: none is for a target file to say. */
const RAILED_HEADERS =
  /^(?:host|user-agent|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|forwarded|x-forwarded-(?:host|server|uri|prefix|path)|x-host|x-original-(?:host|url|uri)|x-envoy-original-path|x-rewrite-url|x-(?:http-)?method(?:-override)?)$/i;
/** Sent as it stands: nothing that a server could resolve to another path. */
const PLAIN_PATH = /^\/(?![/\\])(?!.*(?:\/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:\/|%2f|\\|%5c|[?#]|$))[\x21-\x22\x24-\x7e]*$/i;

export interface OfLive {
  readonly live: Live;
  readonly read: { readonly path: string };
  readonly ways: readonly PurgeWay[];
}

/** What the schema cannot say of it. */
export function problemsOfLive({ live, read, ways }: OfLive): readonly Problem[] {
  const ofWay = ({ mode, type, request: { path, headers } }: PurgeWay): readonly Problem[] => {
    const at = ['purge', mode, type];
    return [...pathProblems(path, at), ...headerProblems(headers, [...at, 'headers'])];
  };
  return [...pathProblems(read.path, ['read', 'path']), ...headerProblems(live.headers, ['live', 'headers']), ...ways.flatMap(ofWay)];
}

/** Of a cache that the lab starts: it has no secrets. */
export function problemsOfStarted(ways: readonly PurgeWay[]): readonly Problem[] {
  return ways.flatMap(({ mode, type, request: { path, headers } }) => {
    const isNamed = [path, ...Object.values(headers)].some((text) => namesIn(text).length > 0);
    return isNamed ? [{ path: ['purge', mode, type], message: 'expected no <env:NAME>: only a live target has secrets' }] : [];
  });
}

function pathProblems(path: string, at: Problem['path']): readonly Problem[] {
  if (namesIn(path).length > 0) return [{ path: at, message: 'expected <env:NAME> in a header: paths stand in logs and reports' }];
  if (PLAIN_PATH.test(path)) return [];
  return [{ path: at, message: 'expected a path of one host in ASCII, without // at its start, without /../, spaces and #' }];
}

function headerProblems(headers: Readonly<Record<string, string>>, at: Problem['path']): readonly Problem[] {
  const railed = Object.keys(headers).filter((name) => RAILED_HEADERS.test(name));
  return [
    ...railed.map((name) => ({ path: [...at, name], message: 'no live target may say this header: the lab does, or nobody' })),
    ...secretProblems(headers).map(({ name, message }) => ({ path: [...at, name], message })),
  ];
}

/** In the file of a live target a secret may stand in the wrong place: what was got is not told. */
export function withoutValues(file: unknown, problems: readonly Problem[]): readonly Problem[] {
  if (typeof file !== 'object' || file === null || !('live' in file)) return problems;
  return problems.map(({ path, message }) => ({ path, message: message.replace(/, got .*$/s, '') }));
}
