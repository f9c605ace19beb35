/** The short way to a read answers byte for byte what the long way does, whatever is sent. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLog } from '../log/memory.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { LOOPBACK_HOSTS, serveHttp } from '../runtime/http.ts';
import { silentLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { createReleasers } from '../runtime/releasers.ts';
import { exchangeRaw } from '../runtime/testing/http.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { readEdgeConfig } from './config.ts';
import { cacheBoundsOf, createEdge } from './edge.ts';
import { StagedOrigin } from './testing/edge.ts';
import { contentOf } from './testing/kit.ts';

const PLAIN = 'a content';
const TARGETS: Readonly<Record<string, string>> = {
  [PLAIN]: '/api/content/1',
  'a long content, not in ASCII': '/api/content/2',
  'a 404 that is cached': '/api/content/3',
  'a stale content': '/api/content/4',
  'neither cached nor at the origin': '/api/content/5',
  'the largest id': '/api/content/2147483647',
  'an id too large': '/api/content/2147483648',
  'an id of ten digits': '/api/content/9999999999',
  zero: '/api/content/0',
  'a leading zero': '/api/content/01',
  'a sign': '/api/content/+1',
  'a word': '/api/content/abc',
  'words that objects have': '/api/content/__proto__',
  'no id': '/api/content/',
  'the listing': '/api/content',
  'a slash after it': '/api/content/1/',
  'a step after it': '/api/content/1/x',
  'a slash before it': '//api/content/1',
  'another case': '/API/content/1',
  'a query': '/api/content/1?x=1',
  'an empty query': '/api/content/1?',
  'a query that cannot be read': '/api/content/1?x=%ZZ',
  'a fragment': '/api/content/1#x',
  'an encoded id': '/api/content/%31',
  'an encoded slash': '/api/content%2f1',
  'no UTF-8': '/api/content/%FF',
  'a broken percent': '/api/content/%',
  dots: '/api/content/../content/1',
  'a matrix parameter': '/api/content/1;v=1',
  'a backslash': '/api/content\\1',
  'a letter that is not ASCII': '/api/content/ü',
  'a whole URL': 'http://localhost/api/content/1',
  'a whole URL of a foreign host': 'http://evil.example/api/content/1',
  'a whole URL that asks for TLS': 'https://localhost/api/content/1',
  'an asterisk': '*',
  'no path': 'api/content/1',
  'a long id': `/api/content/${'1'.repeat(5_000)}`,
  'a target too long': `/api/content/${'1'.repeat(20_000)}`,
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'QUERY', 'get', 'FETCH', 'CONNECT'] as const;
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', ''] as const;
const HOSTS: readonly (readonly string[])[] = [
  ['Host: localhost'],
  ['host: localhost:5001'],
  ['HOST: LocalHost'],
  ['Host: 127.0.0.1'],
  ['Host: [::1]:80'],
  ['Host:'],
  [],
  ['Host: evil.example'],
  ['Host: localhost.'],
  ['Host: localhost:x'],
  ['Host: user@localhost'],
  ['Host: localhost', 'Host: localhost'],
  ['Host: localhost', 'Host: evil.example'],
];
/**
 * Of all that the table gets. Some get no answer at all: what cannot be read stands behind a request whose answer is
 * not out yet.
 */
const STATUSES = ['200', '304', '400', '404', '405', '415', '417', '421', '431', '503'];
const CLOSE = 'Connection: close';
const LINES = [
  'Accept: text/html',
  'Accept-Encoding: gzip',
  'Accept: application/json\r\nAccept: text/html',
  'Authorization: Bearer x',
  'Authorization: a\r\nAuthorization: b',
  'Cache-Control: no-cache',
  'Cookie: a=1\r\nCookie: b=2',
  CLOSE,
  'Connection: keep-alive',
  'Content-Encoding: gzip',
  'Content-Length: 0',
  'Content-Length: 2',
  'Content-Length: 2\r\nContent-Type: application/json',
  'Content-Length: 2\r\nTransfer-Encoding: chunked',
  'Content-Length: x',
  'Content-Type: text/plain',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'If-Match: "1-1"',
  'If-Modified-Since: Tue, 01 Jan 2030 00:00:00 GMT',
  'If-None-Match: W/"1-1"',
  'If-None-Match: "1-1"',
  'If-None-Match: "x" , "1-1"',
  'If-None-Match: "x"',
  'If-None-Match: "x"\r\nIf-None-Match: "1-1"',
  'If-None-Match: W/W/"1-1"',
  'If-None-Match: *',
  'If-None-Match: 1-1',
  'If-None-Match:',
  'If-Range: "1-1"',
  'Range: bytes=0-1',
  'Trailer: x',
  'TE: trailers',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  '__proto__: x',
  'X: \tü ',
  'X : y',
  ' X: y',
  'X',
  'X-Long: '.padEnd(9_000, 'x'),
  'X-Too-Long: '.padEnd(20_000, 'x'),
] as const;
/** Of those that say there is one. */
const BODIES = ['', '{}', '2\r\n{}\r\n0\r\n\r\n', 'nonsense\r\n\r\n'] as const;
const SAYS_BODY = /^(?:Content-Length|Transfer-Encoding): /;

interface Asked {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly host: readonly string[];
  readonly lines: readonly string[];
  readonly body: string;
}

const PLAIN_REQUEST: Asked = { method: 'GET', target: PLAIN, version: 'HTTP/1.1', host: ['Host: localhost'], lines: [], body: '' };
/** Ends the connection, so that everything that comes back is seen. */
const LAST = 'GET /api/content/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Each way in which one thing of a plain request is another. */
const TABLE: readonly Asked[] = [
  ...METHODS.map((method) => ({ ...PLAIN_REQUEST, method })),
  ...Object.keys(TARGETS).flatMap((target) => ['GET', 'HEAD'].map((method) => ({ ...PLAIN_REQUEST, target, method }))),
  ...VERSIONS.map((version) => ({ ...PLAIN_REQUEST, version })),
  ...HOSTS.map((host) => ({ ...PLAIN_REQUEST, host })),
  { ...PLAIN_REQUEST, lines: [`${CLOSE}, Upgrade`, 'Upgrade: websocket'] },
  ...LINES.flatMap((line) => BODIES.map((body) => ({ ...PLAIN_REQUEST, lines: [line], body }))),
];

/**
 * Behind it the last one, but where it ends the connection itself: what comes after that cuts an answer that is not out
 * yet.
 */
function written({ method, target, version, host, lines, body }: Asked): string {
  const head = [[method, TARGETS[target] ?? target, version].join(' ').trimEnd(), ...host, ...lines].join('\r\n');
  const hasBody = lines.some((line) => SAYS_BODY.test(line));
  return `${head}\r\n\r\n${hasBody ? body : ''}${lines.some((line) => line.startsWith(CLOSE)) && !hasBody ? '' : LAST}`;
}

describe('the short way to a read', () => {
  const releasers = createReleasers();
  const ports = { short: 0, long: 0 };
  let short = 0;

  beforeAll(async () => {
    const config = readEdgeConfig({
      REGION_NAME: 'us-east',
      REDIS_URL: 'memory:',
      KAFKA_BROKERS: 'memory:',
      ORIGIN_URL: 'http://localhost:4000',
      PROPAGATION_DELAY: '0',
      FRESHNESS_LEASE: '0',
      INVALIDATION_STRATEGY: 'lazy',
    });
    const clock = { ...systemClock, now: () => Date.UTC(2030, 0, 1), monotonicMs: () => 5 };
    const server = new MemoryCacheServer({ clock, random: systemRandom, ...cacheBoundsOf(config) });
    const log = new MemoryLog({ clock, partitions: INVALIDATION_PARTITIONS });
    const origin = new StagedOrigin();
    const parts = createEdge(config, { cache: new MemoryCache(server), log, origin, clock, random: systemRandom, logger: silentLogger });
    releasers.push(() => parts.close());
    const rest = { allowedHosts: LOOPBACK_HOSTS, log: silentLogger, port: 0, host: '127.0.0.1' };
    const counted = parts.routes.map((route) => ({
      ...route,
      handle: (request: Parameters<typeof route.handle>[0]) => {
        if (Object.getOwnPropertyDescriptor(request, 'query')?.get === undefined) short += 1;
        return route.handle(request);
      },
    }));
    const servers = [
      await serveHttp({ ...rest, routes: counted, frontPage: parts.frontPage }),
      await serveHttp({ ...rest, routes: parts.routes.map((route) => ({ ...route, isShort: false })), frontPage: parts.frontPage }),
    ] as const;
    for (const each of servers) releasers.push(() => each.close());
    [ports.short, ports.long] = [servers[0].port, servers[1].port];
    parts.join();
    for (const id of [1, 4]) origin.contents.set(id, contentOf(id, 1, ['news']));
    origin.contents.set(2, { ...contentOf(2, 1), body: '"ü☃\u2028\\'.repeat(1_000), metadata: { n: 1e21, '"': [null] } });
    for (const id of [1, 2, 3, 4]) await exchangeRaw(ports.short, LAST.replace('/1 ', `/${id} `));
    server.store.apply(
      {
        mark: { type: 'key', target: 'content:4', mode: 'soft', version: 2 },
        position: { partition: 0, offset: 0, id: 'x', time: 0 },
        previous: -1,
      },
      0,
    );
    origin.away = true;
  });
  afterAll(() => releasers.release());

  const answered = async (port: number, bytes: string): Promise<string> =>
    (await exchangeRaw(port, bytes)).replace(/^date: .*$/gim, 'date');
  const compare = async (bytes: string): Promise<string> => {
    const [own, other] = await Promise.all([answered(ports.short, bytes), answered(ports.long, bytes)]);
    expect(own).toBe(other);
    return own;
  };

  it('is taken by what nothing is to be said against, and by nothing else', async () => {
    const isTaken = async (asked: Partial<Asked>) => {
      const before = short;
      await answered(ports.short, written({ ...PLAIN_REQUEST, lines: [CLOSE], ...asked }));
      return short > before;
    };
    for (const method of ['GET', 'HEAD']) expect(await isTaken({ method })).toBe(true);
    for (const line of ['If-None-Match: "1-1"', 'Accept: text/html', 'Cache-Control: no-cache'])
      expect([line, await isTaken({ lines: [line, CLOSE] })]).toEqual([line, true]);
    for (const target of ['a query', 'an encoded id', 'a whole URL', 'a step after it', 'no id'])
      expect([target, await isTaken({ target })]).toEqual([target, false]);
    expect(await isTaken({ method: 'PUT' })).toBe(false);
    expect(await isTaken({ host: ['Host: evil.example'] })).toBe(false);
    expect(await isTaken({ lines: ['Content-Length: 0', CLOSE] })).toBe(false);
  });

  it('refuses a foreign Host each time, whoever said it before', async () => {
    const foreign = written({ ...PLAIN_REQUEST, host: ['Host: evil.example'], lines: [CLOSE] });
    for (let time = 0; time < 3; time += 1) expect(await compare(foreign)).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('answers each request of the table as the long way does', async () => {
    const seen = new Set<string | undefined>();
    for (const asked of TABLE) {
      const answer = await compare(written(asked));
      seen.add(/^HTTP\/1\.1 (?:100 Continue\r\n\r\nHTTP\/1\.1 )?(\d{3})/.exec(answer)?.[1]);
    }
    expect([...seen].filter((status) => status !== undefined).sort()).toEqual(STATUSES);
  });

  it('answers any mixture of them as the long way does', async () => {
    const asked = fc.record({
      method: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('GET', 'HEAD') }, fc.constantFrom(...METHODS)),
      target: fc.oneof({ weight: 2, arbitrary: fc.constant(PLAIN) }, fc.constantFrom(...Object.keys(TARGETS))),
      version: fc.oneof({ weight: 9, arbitrary: fc.constant('HTTP/1.1') }, fc.constantFrom(...VERSIONS)),
      host: fc.oneof({ weight: 3, arbitrary: fc.constant(PLAIN_REQUEST.host) }, fc.constantFrom(...HOSTS)),
      lines: fc.uniqueArray(fc.constantFrom(...LINES), { maxLength: 3 }),
      body: fc.constantFrom(...BODIES),
    });
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        await compare(written(one));
      }),
      { numRuns: 500 },
    );
  });
});
