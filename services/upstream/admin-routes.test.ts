/**
 * How an upstream is told over HTTP to hold answers back: whose token it wants, what it tells, and what it lets go by
 * itself.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { fetchesAnswer, heldAnswer } from '../protocol/upstream-api.ts';
import { systemClock } from '../runtime/clock.ts';
import { serveHttp } from '../runtime/http.ts';
import { silentLogger } from '../runtime/log.ts';
import { createRandom } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { errorAnswer, exchange } from '../runtime/testing/http.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { upstreamRoutes } from './routes.ts';
import { Upstream } from './upstream.ts';

const TOKEN = 'a token of 16 b.';
const ADMIN = { authorization: `Bearer ${TOKEN}` } as const;
const PATH = '/api/content/7';
const WAIT = { timeout: 10_000, interval: 5 } as const;

interface Served {
  /** Of its routes. */
  readonly status: number;
  /** Asked by a cache. */
  readonly upstream: number;
  /** By which a hold ends by itself. */
  readonly clock: VirtualClock;
}

function withServed(adminToken: string, use: (served: Served) => Promise<void>): Promise<void> {
  return withReleasers(async (releasers) => {
    const origin = createServer((_asked, answer) => answer.end('{"data":{"version":1,"tags":[]}}'));
    await new Promise<void>((resolve) => void origin.listen(0, '127.0.0.1', resolve));
    releasers.push(() => void origin.close());
    const originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    const bounds = { host: '127.0.0.1', port: 0, lifetimeMs: 60_000, missingMs: 5_000 };
    const upstream = await Upstream.listen({ ...bounds, originUrl, clock: systemClock, random: createRandom(1) });
    releasers.push(() => upstream.close());
    const clock = new VirtualClock();
    const routes = upstreamRoutes({ upstream, clock, adminToken });
    const status = await serveHttp({ routes, allowedHosts: ['127.0.0.1'], log: silentLogger, port: 0, host: '127.0.0.1' });
    releasers.push(() => status.close(0));
    await use({ status: status.port, upstream: upstream.port, clock });
    await releasers.release();
  });
}

const asked = (port: number, method: string, path: string, body?: unknown) =>
  exchange(port, { method, path, headers: ADMIN, ...(body === undefined ? {} : { body }) });
const heldOf = async (port: number, id: number) => heldAnswer.parse((await asked(port, 'GET', `/admin/holds/${id}`)).json).data;

describe('the admin routes of an upstream', () => {
  it('hold the answer to the next fetch back, tell of it, and let it go', () =>
    withServed(TOKEN, async ({ status, upstream }) => {
      const made = await asked(status, 'POST', '/admin/holds', { path: PATH, at: 'head' });
      const { id, fetch } = heldAnswer.parse(made.json).data;
      expect([made.status, fetch]).toEqual([201, null]);
      let isAnswered = false;
      const reading = exchange(upstream, { path: PATH }).then((answer) => {
        isAnswered = true;
        return answer;
      });
      await expect.poll(async () => (await heldOf(status, id)).fetch, WAIT).toMatchObject({ number: 1, path: PATH, status: 200 });
      // Another content, and another fetch of the same, are not held.
      expect((await exchange(upstream, { path: '/api/content/8' })).status).toBe(200);
      expect((await exchange(upstream, { path: PATH })).status).toBe(200);
      expect(isAnswered).toBe(false);
      expect((await asked(status, 'DELETE', `/admin/holds/${id}`)).status).toBe(200);
      expect((await reading).status).toBe(200);
      expect((await asked(status, 'GET', `/admin/holds/${id}`)).status).toBe(404);
      const { data } = fetchesAnswer.parse((await asked(status, 'GET', `/admin/fetches?path=${PATH}`)).json);
      expect(data.map(({ number }) => number)).toEqual([1, 3]);
    }));

  it('let an answer go by themselves after a minute: whoever held it may be gone', () =>
    withServed(TOKEN, async ({ status, upstream, clock }) => {
      await asked(status, 'POST', '/admin/holds', { path: PATH, at: 'head' });
      const reading = exchange(upstream, { path: PATH });
      await expect.poll(async () => (await heldOf(status, 1)).fetch, WAIT).toMatchObject({ number: 1 });
      await clock.advance(60_000);
      expect((await reading).status).toBe(200);
      expect((await asked(status, 'GET', '/admin/holds/1')).status).toBe(404);
    }));

  it('give answers for one path another lifetime', () =>
    withServed(TOKEN, async ({ status, upstream }) => {
      expect((await asked(status, 'PUT', '/admin/paths', { path: PATH, lifetimeMs: 1_000 })).status).toBe(200);
      expect((await exchange(upstream, { path: PATH })).headers['cache-control']).toBe('public, max-age=1');
      expect((await exchange(upstream, { path: '/api/content/8' })).headers['cache-control']).toBe('public, max-age=60');
    }));

  it.each([
    ['POST', '/admin/holds', { path: '/metrics', at: 'head' }, 'expected /api/content/ID'],
    ['POST', '/admin/holds', { path: PATH, at: 'tail' }, 'at'],
    ['GET', '/admin/fetches?path=/', undefined, 'expected /api/content/ID'],
    ['PUT', '/admin/paths', { path: PATH, lifetimeMs: 0 }, 'lifetimeMs'],
  ])('refuse %s %s of what is none', (method, path, body, says) =>
    withServed(TOKEN, async ({ status }) => {
      const answer = await asked(status, method, path, body);
      expect([answer.status, errorAnswer.parse(answer.json).error]).toEqual([400, expect.stringContaining(says)]);
    }),
  );

  it('hold at most a hundred at once', () =>
    withServed(TOKEN, async ({ status }) => {
      for (let count = 0; count < 100; count += 1) await asked(status, 'POST', '/admin/holds', { path: PATH, at: 'head' });
      expect((await asked(status, 'POST', '/admin/holds', { path: PATH, at: 'head' })).status).toBe(400);
    }));

  it('are for whoever has the token, and off without one', async () => {
    const without = (port: number) => exchange(port, { method: 'POST', path: '/admin/holds', body: { path: PATH, at: 'head' } });
    await withServed(TOKEN, async ({ status }) => expect((await without(status)).status).toBe(401));
    await withServed('', async ({ status }) => {
      expect((await asked(status, 'POST', '/admin/holds', { path: PATH, at: 'head' })).status).toBe(403);
      expect((await exchange(status, { path: '/health' })).status).toBe(200);
    });
  });
});
