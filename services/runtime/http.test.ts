/**
 * The life of the HTTP server, and what a handler can go wrong with. The rest is in `http-contract.ts`, run by each
 * service.
 */
import { Agent, request as startRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServiceError } from '../protocol/errors.ts';
import { systemClock } from './clock.ts';
import { matchesEtag } from './conditions.ts';
import { type HttpServer, LOOPBACK_HOSTS, parseInput, serveHttp } from './http.ts';
import { type Logger, silentLogger } from './log.ts';
import type { Route } from './route.ts';
import { errorAnswer, exchange } from './testing/http.ts';

const GRACE_MS = 2_000;

async function withRoute<T>(
  { handle, log = silentLogger }: { readonly handle: Route['handle']; readonly log?: Logger },
  use: (server: HttpServer) => Promise<T>,
): Promise<T> {
  const routes: readonly Route[] = [{ method: 'GET', path: '/thing', handle }];
  const server = await serveHttp({ routes, allowedHosts: LOOPBACK_HOSTS, log, port: 0, host: '127.0.0.1' });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

describe('the HTTP server', () => {
  it('answers the request in flight, then closes without waiting for its client to hang up', async () => {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const agent = new Agent({ keepAlive: true });
    const handle = async () => {
      reached.resolve();
      await go.promise;
      return { status: 200, body: {} };
    };
    await withRoute({ handle }, async (server) => {
      const answered = new Promise((resolve) => {
        startRequest({ port: server.port, path: '/thing', agent }, (response) => resolve(response.resume().statusCode)).end();
      });
      await reached.promise;
      const begunAt = performance.now();
      const closed = server.close();
      go.resolve();
      expect(await answered).toBe(200);
      await closed;
      expect(performance.now() - begunAt).toBeLessThan(GRACE_MS);
    });
    agent.destroy();
  });

  it('cuts a request that does not end', async () => {
    const reached = Promise.withResolvers<void>();
    const handle = () => {
      reached.resolve();
      return new Promise<never>(() => {});
    };
    await withRoute({ handle }, async (server) => {
      const answer = exchange(server.port, { path: '/thing' });
      answer.catch(() => {});
      await reached.promise;
      await server.close();
      await expect(answer).rejects.toThrow(/hang up|ECONNRESET/);
    });
  });

  it('dates each answer by the clock it is given, errors and refusals too', async () => {
    const clock = { ...systemClock, now: () => Date.UTC(2030, 0, 1, 0, 0, 7, 999) };
    const routes: readonly Route[] = [{ method: 'GET', path: '/thing', handle: () => ({ status: 200, body: {} }) }];
    const server = await serveHttp({ routes, allowedHosts: ['localhost'], log: silentLogger, clock, port: 0, host: '127.0.0.1' });
    try {
      const [here, elsewhere] = [{ host: `localhost:${server.port}` }, { host: 'elsewhere' }];
      const answers = [
        await exchange(server.port, { path: '/thing', headers: here }),
        await exchange(server.port, { path: '/nothing', headers: here }),
        await exchange(server.port, { path: '/thing', headers: elsewhere }),
      ];
      expect(answers.map(({ status, headers }) => [status, headers.date])).toEqual(
        [200, 404, 421].map((status) => [status, 'Tue, 01 Jan 2030 00:00:07 GMT']),
      );
    } finally {
      await server.close();
    }
  });

  it('can be closed twice', () =>
    withRoute({ handle: () => ({ status: 200, body: {} }) }, async (server) => {
      await server.close();
      await expect(server.close()).resolves.toBeUndefined();
    }));

  it('rejects with the reason when the address is taken', () =>
    withRoute({ handle: () => ({ status: 200, body: {} }) }, async ({ port }) => {
      const again = serveHttp({ routes: [], allowedHosts: [], log: silentLogger, port, host: '127.0.0.1' });
      await expect(again).rejects.toThrow(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
    }));

  it('answers what a handler did not foresee with 500, tells the log and not the client', async () => {
    const said: object[] = [];
    const log: Logger = { ...silentLogger, error: (fields) => void said.push(fields) };
    const handle = () => {
      throw new Error('the secret of the house');
    };
    await withRoute({ handle, log }, async ({ port }) => {
      const answer = await exchange(port, { path: '/thing' });
      expect(answer).toMatchObject({ status: 500, json: { success: false, error: 'internal error', code: 'internal' } });
      expect(said).toEqual([{ method: 'GET', path: '/thing', cause: 'Error: the secret of the house' }]);
    });
  });

  it.each([
    ['unauthorized', 401, { 'www-authenticate': 'Bearer' }],
    ['unavailable', 503, { 'retry-after': '7' }],
  ] as const)('answers the error %s with the header it needs', (code, status, headers) => {
    const handle = () => {
      throw new ServiceError(code, 'no', { retryAfterS: 7 });
    };
    return withRoute({ handle }, async ({ port }) => {
      const answer = await exchange(port, { path: '/thing' });
      expect(answer).toMatchObject({ status, headers });
      expect(errorAnswer.parse(answer.json)).toEqual({ success: false, error: 'no', code });
    });
  });
});

describe('parseInput', () => {
  const schema = z.strictObject({ name: z.string(), inner: z.object({ list: z.array(z.int()) }).optional() });
  it.each([
    [{}, /^name: /],
    [{ name: 'x', other: 1 }, /^other: /],
    [{ name: 'x', inner: { list: [1, 'two'] } }, /^inner\.list\.1: /],
    [7, /^body: /],
  ])('names the field that is wrong in %j', (input, message) => {
    expect(() => parseInput(schema, input)).toThrow(message);
  });
});

describe('matchesEtag', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['*', true],
    [' * ', true],
    ['"a"', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b",W/"a"', true],
    ['"b"', false],
    ['a', false],
    ['"a', false],
    ['w/"a"', false],
  ])('takes %j for the tag "a": %s', (header, matches) => {
    expect(matchesEtag(header, '"a"')).toBe(matches);
    expect(matchesEtag(header, 'W/"a"')).toBe(matches);
  });
});
