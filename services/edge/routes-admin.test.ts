/** The admin routes of an edge, and the wrong requests to any of its routes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawSeed } from '../runtime/random.ts';
import { errorAnswer, exchange, type Sent } from '../runtime/testing/http.ts';
import { describeHttpContract } from '../runtime/testing/http-contract.ts';
import { ADMIN, ADMIN_TOKEN, type EdgeUnderTest, withEdge } from './testing/edge.ts';
import { contentOf, eventOf } from './testing/kit.ts';

const FUZZ_RUNS = 200;
const ADMIN_ROUTES = [
  ['GET', '/admin/config'],
  ['PUT', '/admin/config'],
  ['POST', '/admin/flush'],
  ['GET', '/admin/entries'],
] as const;

const config = async ({ port }: EdgeUnderTest) => (await exchange(port, { path: '/admin/config', headers: ADMIN })).json;
const change = ({ port }: EdgeUnderTest, body: unknown) => exchange(port, { method: 'PUT', path: '/admin/config', headers: ADMIN, body });

describe('the admin routes', () => {
  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['another', 'Bearer another'],
    ['one of the same length', `Bearer ${'x'.repeat(ADMIN_TOKEN.length)}`],
    ['the start of it', `Bearer ${ADMIN_TOKEN.slice(0, -1)}`],
    ['more than it', `Bearer ${ADMIN_TOKEN}x`],
    ['the token alone', ADMIN_TOKEN],
    ['another scheme', `Basic ${ADMIN_TOKEN}`],
    ['one that is not ASCII', 'Bearer \u00e9'],
  ])('refuse the token when it is %s, and do nothing', (_title, authorization) =>
    withEdge({}, async (edge) => {
      await exchange(edge.port, { path: '/api/content/1' });
      for (const [method, path] of ADMIN_ROUTES) {
        const headers = authorization === undefined ? {} : { authorization };
        const answer = await exchange(edge.port, { method, path, headers, body: method === 'PUT' ? { strategy: 'lazy' } : undefined });
        expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
        expect(errorAnswer.parse(answer.json).code).toBe('unauthorized');
        expect(answer.text).not.toContain(ADMIN_TOKEN);
      }
      expect(await config(edge)).toMatchObject({ data: { strategy: 'eager' } });
      expect(await edge.cache.versions(10)).toMatchObject([{ state: 'fresh' }]);
    }),
  );

  it.each([undefined, 'Bearer ', 'Bearer', `Bearer ${ADMIN_TOKEN}`])(
    'are closed to everybody without a token set, also to %j',
    (authorization) =>
      withEdge({ ADMIN_TOKEN: '' }, async ({ port }) => {
        for (const [method, path] of ADMIN_ROUTES) {
          const answer = await exchange(port, { method, path, headers: authorization === undefined ? {} : { authorization } });
          expect(answer.status).toBe(403);
          expect(errorAnswer.parse(answer.json).code).toBe('forbidden');
        }
      }),
  );

  it.each([
    [{ propagationDelayMs: 0 }, { propagationDelayMs: 0, strategy: 'eager' }],
    [{ propagationDelayMs: 600_000 }, { propagationDelayMs: 600_000, strategy: 'eager' }],
    [{ strategy: 'lazy' }, { propagationDelayMs: 250, strategy: 'lazy' }],
    [{ freshnessLeaseMs: 5_000 }, { propagationDelayMs: 250, strategy: 'eager', freshnessLeaseMs: 5_000 }],
    [{ freshnessLeaseMs: 0 }, { propagationDelayMs: 250, strategy: 'eager' }],
    [
      { strategy: 'lazy', propagationDelayMs: 7 },
      { propagationDelayMs: 7, strategy: 'lazy' },
    ],
    [{}, { propagationDelayMs: 250, strategy: 'eager' }],
  ])('take the change %j and leave the rest', (body, changed) =>
    withEdge({ PROPAGATION_DELAY: '250' }, async (edge) => {
      const data = { freshnessLeaseMs: 0, ...changed };
      expect(await change(edge, body)).toMatchObject({ status: 200, json: { success: true, data } });
      expect(await config(edge)).toEqual({ success: true, data });
      expect((await exchange(edge.port, { path: '/metrics' })).json).toMatchObject(data);
    }),
  );

  it.each([
    [{ propagationDelayMs: -1 }, 'propagationDelayMs'],
    [{ freshnessLeaseMs: -1 }, 'freshnessLeaseMs'],
    [{ freshnessLeaseMs: 86_400_001 }, 'freshnessLeaseMs'],
    [{ propagationDelayMs: 600_001 }, 'propagationDelayMs'],
    [{ propagationDelayMs: 1.5 }, 'propagationDelayMs'],
    [{ propagationDelayMs: '100' }, 'propagationDelayMs'],
    [{ propagationDelayMs: null }, 'propagationDelayMs'],
    [{ strategy: 'EAGER' }, 'strategy'],
    [{ strategy: '' }, 'strategy'],
    [{ strategy: null }, 'strategy'],
    [{ propagationDelay: 5 }, 'propagationDelay'],
    [{ strategy: 'lazy', other: 1 }, 'other'],
    [{ propagationDelayMs: 5, strategy: 'slow' }, 'strategy'],
    [[], 'body'],
  ])('refuse the change %j whole, naming the field', (body, field) =>
    withEdge({}, async (edge) => {
      const before = await config(edge);
      const answer = await change(edge, body);
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({
        code: 'invalid_field',
        error: expect.stringMatching(new RegExp(`^${field}: `)),
      });
      expect(await config(edge)).toEqual(before);
    }),
  );

  it.each([
    ['{"propagationDelayMs":5,"propagationDelayMs":500}', 'propagationDelayMs'],
    ['{"strategy":"lazy","strategy":"eager"}', 'strategy'],
    ['{"propagationDelayMs":-0}', 'propagationDelayMs'],
    ['{"propagationDelayMs":5.00000000000000001}', 'propagationDelayMs'],
  ])('refuse the change %s: it would not be taken as it was sent', (body, field) =>
    withEdge({}, async (edge) => {
      const before = await config(edge);
      const headers = { ...ADMIN, 'content-type': 'application/json' };
      const answer = await exchange(edge.port, { method: 'PUT', path: '/admin/config', headers, body });
      expect(answer.status).toBe(400);
      expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(`^${field}: `) });
      expect(await config(edge)).toEqual(before);
    }),
  );

  it.each([
    [{}, 401, 200],
    [{ 'if-match': '"a"' }, 401, 412],
    [{ 'if-match': '*' }, 401, 412],
    [{ 'if-none-match': '*' }, 401, 200],
  ])('look at the conditions %j of a flush only after the token', (headers, without, withToken) =>
    withEdge({}, async ({ port }) => {
      const flush = { method: 'POST', path: '/admin/flush' };
      expect((await exchange(port, { ...flush, headers })).status).toBe(without);
      expect((await exchange(port, { ...flush, headers: { ...headers, ...ADMIN } })).status).toBe(withToken);
    }),
  );

  it('hold a changed strategy for the next event without a mode', () =>
    withEdge({}, async (edge) => {
      await exchange(edge.port, { path: '/api/content/1' });
      edge.origin.contents.set(1, contentOf(1, 1));
      edge.clock.advance(5_000);
      await exchange(edge.port, { path: '/api/content/1' });
      await change(edge, { strategy: 'lazy' });
      await edge.log.append([eventOf({ type: 'key', target: 'content:1' })]);
      await expect.poll(() => edge.cache.versions(1), { interval: 5, timeout: 10_000 }).toMatchObject([{ state: 'stale' }]);
    }));

  it('flush: nothing cached before is served again', () =>
    withEdge({}, async (edge) => {
      edge.origin.contents.set(1, contentOf(1, 1));
      await exchange(edge.port, { path: '/api/content/1' });
      const answer = await exchange(edge.port, { method: 'POST', path: '/admin/flush', headers: ADMIN });
      expect(answer).toMatchObject({ status: 200, json: { success: true } });
      expect((await exchange(edge.port, { path: '/api/content/1' })).json).toMatchObject({ source: 'origin' });
    }));

  it('say 503 to a flush while the cache is away', () =>
    withEdge({}, async (edge) => {
      await edge.cache.close();
      const answer = await exchange(edge.port, { method: 'POST', path: '/admin/flush', headers: ADMIN });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, json: { code: 'unavailable' } });
    }));

  it('list the entries stored last, newest first', () =>
    withEdge({}, async ({ port, origin }) => {
      for (const id of [1, 2, 3]) {
        origin.contents.set(id, contentOf(id, id));
        await exchange(port, { path: `/api/content/${id}` });
      }
      const rows = [3, 2, 1].map((id) => ({ key: `content:${id}`, version: id, state: 'fresh' }));
      expect((await exchange(port, { path: '/admin/entries', headers: ADMIN })).json).toEqual({ success: true, data: rows });
      expect((await exchange(port, { path: '/admin/entries?limit=2', headers: ADMIN })).json).toEqual({
        success: true,
        data: rows.slice(0, 2),
      });
    }));

  it.each(['limit=0', 'limit=-1', 'limit=10001', 'limit=x', 'limit=', 'limit=1e3', 'limit=1&limit=2', 'offset=1'])(
    'refuse the entries with %s',
    (query) =>
      withEdge({}, async ({ port }) => {
        const answer = await exchange(port, { path: `/admin/entries?${query}`, headers: ADMIN });
        expect(answer.status).toBe(400);
        expect(errorAnswer.parse(answer.json).code).toBe('invalid_field');
      }),
  );
});

describe('a wrong request to an edge', () => {
  it.each(['0', '-1', '1.5', '1e3', '0x1', '+1', '1+', '%201', '1%0A', '2147483648', '01', 'abc', '%00', '%2E%2E%2Fx', '%D9%A1'])(
    'is refused with 400 for the id %s, and not sent on',
    (id) =>
      withEdge({}, async ({ port, origin }) => {
        const answer = await exchange(port, { path: `/api/content/${id}` });
        expect(answer.status).toBe(400);
        expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'invalid_field', error: expect.stringMatching(/^id: /) });
        expect(origin.fetches).toEqual([]);
      }),
  );

  it('never is an error of the server, whatever JSON it carries', () =>
    withEdge({}, async (edge) => {
      const body = fc.oneof(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom('propagationDelayMs', 'strategy', '__proto__'), fc.jsonValue({ maxDepth: 2 })),
      );
      const send = (json: unknown): Sent => ({
        method: 'PUT',
        path: '/admin/config',
        headers: { ...ADMIN, 'content-type': 'application/json' },
        body: JSON.stringify(json),
      });
      await fc.assert(
        fc.asyncProperty(body, async (json) => {
          expect((await exchange(edge.port, send(json))).status).toBeLessThan(500);
        }),
        { numRuns: FUZZ_RUNS, seed: drawSeed() },
      );
    }));
});

describe('the HTTP contract', () => {
  const up = Promise.withResolvers<EdgeUnderTest>();
  const down = Promise.withResolvers<void>();
  let edge: EdgeUnderTest;
  let closed: Promise<void>;
  beforeAll(async () => {
    closed = withEdge({}, (started) => {
      started.origin.contents.set(1, contentOf(1, 1));
      up.resolve(started);
      return down.promise;
    });
    edge = await up.promise;
  });
  afterAll(() => {
    down.resolve();
    return closed;
  });

  describeHttpContract('an edge', () => ({
    port: edge.port,
    readPath: '/api/content/1',
    bodyRoute: { method: 'PUT', path: '/admin/config', headers: ADMIN },
    writes: [
      { method: 'PUT', path: '/admin/config', headers: ADMIN, body: { strategy: 'eager' }, takesBody: true },
      { method: 'POST', path: '/admin/flush', headers: ADMIN, takesBody: false },
    ],
    listing: { path: '/admin/entries', headers: ADMIN },
    allowed: {
      '/api/content/1': 'HEAD, GET',
      '/api/content': 'HEAD, GET',
      '/metrics': 'HEAD, GET',
      '/health': 'HEAD, GET',
      '/admin/config': 'HEAD, GET, PUT',
      '/admin/flush': 'POST',
      '/admin/entries': 'HEAD, GET',
    },
  }));
});
