import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { LOOPBACK_HOSTS, serveHttp } from './http.ts';
import { shortWayOf } from './http-short.ts';
import { silentLogger } from './log.ts';
import type { HttpAnswer, Route } from './route.ts';
import { exchange, exchangeRaw } from './testing/http.ts';

const READ: Route = { method: 'GET', path: '/api/content/:id', isShort: true, handle: () => ({ status: 200 }) };
const REFUSED: readonly (readonly [routes: readonly Route[], why: string])[] = [
  [[{ ...READ, path: '/api/content' }], 'a path that ends in a parameter'],
  [[{ ...READ, path: '/api/:kind/:id' }], 'a path that ends in a parameter'],
  [[{ ...READ, method: 'PUT' }], 'a GET that admits all'],
  [[{ ...READ, admit: () => {} }], 'a GET that admits all'],
  [[READ, { ...READ, path: '/api/content/latest', isShort: false }], 'no other route below'],
];

it.each(REFUSED)('a route that the long way looks at more closely has no short way: %j', (routes, why) => {
  expect(() => shortWayOf({ routes, isAdmitted: () => true, clock: systemClock, onError: () => ({ status: 500 }) })).toThrow(why);
});

describe.each([{ isShort: true }, { isShort: false }])(
  'headers whose text another gave, with $isShort for the short way',
  ({ isShort }) => {
    async function withAnswer(answer: HttpAnswer | Promise<HttpAnswer>, use: (port: number) => Promise<void>): Promise<void> {
      const routes = [{ ...READ, isShort, handle: () => answer }];
      const server = await serveHttp({ routes, allowedHosts: LOOPBACK_HOSTS, log: silentLogger, port: 0, host: '127.0.0.1' });
      await use(server.port).finally(() => server.close());
    }

    it.each([1, 2_000])('are written byte by byte, beside a body of %d characters', (length) => {
      const body = { text: '☃'.repeat(length) };
      return withAnswer({ status: 200, headers: { etag: '"\xc3\xbc"' }, body }, async (port) => {
        const got = await exchange(port, { path: '/api/content/1' });
        expect([got.headers.etag, got.headers['content-type'], got.json]).toEqual(['"\xc3\xbc"', 'application/json; charset=utf-8', body]);
      });
    });

    const UNWRITABLE: HttpAnswer = { status: 200, headers: { 'cache-control': 'public', etag: '"☃"' }, body: {} };

    it.each([
      { when: 'at once', answer: UNWRITABLE },
      { when: 'later', answer: Promise.resolve(UNWRITABLE) },
    ])('fail the answer where they cannot be written, and none of its headers goes out, $when', ({ answer }) =>
      withAnswer(answer, async (port) => {
        const got = await exchangeRaw(port, 'GET /api/content/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        expect(got).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
        expect(got).not.toMatch(/cache-control/i);
        expect(got).toContain('"code":"internal"');
      }),
    );
  },
);

it.each([true, false])('who has gone away before the answer is there harms nobody else, with %s for the short way', async (isShort) => {
  const [asked, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const handle: Route['handle'] = async ({ params }) => {
    if (params['id'] === '1') {
      asked.resolve();
      await gone.promise;
    }
    return { status: 200, body: { text: 'x' } };
  };
  const routes = [{ ...READ, isShort, handle }];
  const server = await serveHttp({ routes, allowedHosts: LOOPBACK_HOSTS, log: silentLogger, port: 0, host: '127.0.0.1' });
  try {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET /api/content/1 HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    await asked.promise;
    socket.resetAndDestroy();
    // The server has seen it once it answers what was asked behind it.
    for (let time = 0; time < 3; time += 1) await exchange(server.port, { path: '/api/content/2' });
    gone.resolve();
    expect((await exchange(server.port, { path: '/api/content/2' })).json).toEqual({ text: 'x' });
  } finally {
    await server.close();
  }
});
