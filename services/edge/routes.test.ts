/** What an edge answers to a read: body, label and headers, over real sockets. */
import { describe, expect, it } from 'vitest';
import { edgeMissingAnswer, edgeReadAnswer } from '../protocol/edge-api.ts';
import { exchange, type Got } from '../runtime/testing/http.ts';
import { type EdgeUnderTest, REGION, withEdge } from './testing/edge.ts';
import { contentOf, eventOf, writeOf } from './testing/kit.ts';

const PATH = '/api/content/7';
const LABEL = { region: REGION, latency_ms: expect.any(Number), cached_at: '2030-01-01T00:00:00.000Z' };

/** An edge whose origin holds content 7 at version 1. */
const withContent = (use: (edge: EdgeUnderTest) => Promise<void>, environment = {}) =>
  withEdge(environment, async (edge) => {
    edge.origin.contents.set(7, contentOf(7, 1, ['news']));
    await use(edge);
  });

const read = ({ port }: EdgeUnderTest, headers = {}): Promise<Got> => exchange(port, { path: PATH, headers });

/** Until the edge has applied all that is in the log. */
async function untilApplied({ port }: EdgeUnderTest): Promise<void> {
  const lag = async () => (await exchange(port, { path: '/metrics' })).json;
  await expect.poll(lag, { interval: 5, timeout: 10_000 }).toMatchObject({ log: { lag: 0 } });
}

describe('a read at the edge', () => {
  it('comes from the origin at first, and from the cache from then on', () =>
    withContent(async (edge) => {
      const [miss, hit] = [await read(edge), await read(edge)];
      expect(edgeReadAnswer.strict().parse(miss.json)).toEqual({
        success: true,
        data: contentOf(7, 1, ['news']),
        source: 'origin',
        status: 'fresh',
        ...LABEL,
      });
      expect(edgeReadAnswer.strict().parse(hit.json)).toEqual({
        success: true,
        data: contentOf(7, 1, ['news']),
        source: 'cache',
        status: 'fresh',
        ...LABEL,
      });
      for (const { json } of [miss, hit]) expect(String(edgeReadAnswer.parse(json).latency_ms)).toMatch(/^\d+(?:\.\d{1,3})?$/);
      expect([miss.headers['cache-status'], hit.headers['cache-status']]).toEqual([
        'edgesync-us-east; fwd=miss; stored',
        'edgesync-us-east; hit; ttl=3600',
      ]);
      expect(edge.origin.fetches).toHaveLength(1);
    }));

  it('has a tag that is weak once, where that of the origin is weak, too', () =>
    withContent(async (edge) => {
      edge.origin.fetch = async () => ({ kind: 'content', content: contentOf(7, 1), etag: 'W/"7-1"' });
      expect((await read(edge)).headers.etag).toBe('W/"7-1"');
      expect((await read(edge, { 'if-none-match': 'W/"7-1"' })).status).toBe(304);
    }));

  it('carries its age, a weak tag, and leave to be kept by shared caches only', () =>
    withContent(async (edge) => {
      await read(edge);
      edge.clock.advance(90_900);
      const { headers, status } = await read(edge);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        age: '90',
        etag: 'W/"7-1"',
        'cache-control': 'public, max-age=0, s-maxage=3600, stale-while-revalidate=60, stale-if-error=3600',
        'cache-status': 'edgesync-us-east; hit; ttl=3509',
        'content-type': 'application/json; charset=utf-8',
      });
    }));

  it.each([
    ['W/"7-1"', 304],
    ['"7-1"', 304],
    ['"x", W/"7-1"', 304],
    ['*', 304],
    ['W/"7-2"', 200],
  ])('answers If-None-Match %s with %i', (ifNoneMatch, status) =>
    withContent(async (edge) => {
      for (const _source of ['origin', 'cache']) {
        const answer = await read(edge, { 'if-none-match': ifNoneMatch });
        expect(answer).toMatchObject({
          status,
          headers: { etag: 'W/"7-1"', age: '0', 'cache-status': expect.any(String), 'cache-control': expect.any(String) },
        });
        expect(answer.text === '').toBe(status === 304);
      }
    }),
  );

  it('answers HEAD as GET, without a body', () =>
    withContent(async (edge) => {
      await read(edge);
      const [head, get] = [await exchange(edge.port, { method: 'HEAD', path: PATH }), await read(edge)];
      expect(head).toMatchObject({ status: 200, text: '' });
      for (const name of ['etag', 'age', 'cache-status', 'cache-control', 'content-type'])
        expect(head.headers[name]).toBe(get.headers[name]);
    }));

  it('is labelled stale after a soft invalidation, and revalidated behind the answer', () =>
    withContent(
      async (edge) => {
        await read(edge);
        edge.origin.contents.set(7, contentOf(7, 2));
        await edge.log.append([writeOf(7, 2)]);
        await untilApplied(edge);
        const stale = await read(edge);
        expect(edgeReadAnswer.parse(stale.json)).toMatchObject({ source: 'cache', status: 'stale', data: { version: 1 } });
        expect(stale.headers['cache-status']).toBe('edgesync-us-east; hit; ttl=-1; detail=stale');
        await expect
          .poll(async () => (await read(edge)).json, { interval: 5, timeout: 10_000 })
          .toMatchObject({ source: 'cache', status: 'fresh', data: { version: 2 } });
        expect(edge.origin.fetches).toEqual([
          { id: 7, ifNoneMatch: undefined },
          { id: 7, ifNoneMatch: '"7-1"' },
        ]);
      },
      { INVALIDATION_STRATEGY: 'lazy' },
    ));

  it('is labelled stale past its freshness, with how long ago that ended', () =>
    withContent(async (edge) => {
      await read(edge);
      edge.origin.before = () => new Promise(() => {});
      edge.clock.advance(3_630_000);
      expect(await read(edge)).toMatchObject({
        json: { status: 'stale' },
        headers: { age: '3630', 'cache-status': 'edgesync-us-east; hit; ttl=-30; detail=stale' },
      });
    }));

  it.each([
    ['its key', eventOf({ type: 'key', target: 'content:7', mode: 'hard' })],
    ['its tag', eventOf({ type: 'tag', target: 'news', mode: 'hard' })],
    ['a pattern', eventOf({ type: 'pattern', target: 'content:?', mode: 'hard' })],
    ['all', eventOf({ type: 'all', target: '*', mode: 'hard' })],
  ])('goes to the origin again after a hard purge of %s', (_scope, event) =>
    withContent(async (edge) => {
      await read(edge);
      await edge.log.append([event]);
      await untilApplied(edge);
      expect(await read(edge)).toMatchObject({
        json: { source: 'origin' },
        headers: { 'cache-status': 'edgesync-us-east; fwd=miss; stored' },
      });
    }),
  );

  it('shares the fetch with those who miss at the same time', () =>
    withContent(async (edge) => {
      const asked = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      edge.origin.before = () => {
        asked.resolve();
        return go.promise;
      };
      const first = read(edge);
      await asked.promise;
      const second = read(edge);
      const coalesced = async () => (await exchange(edge.port, { path: '/metrics' })).json;
      await expect.poll(coalesced, { interval: 5, timeout: 10_000 }).toMatchObject({ coalesced: 1 });
      go.resolve();
      expect((await first).headers['cache-status']).toBe('edgesync-us-east; fwd=miss; stored');
      expect((await second).headers['cache-status']).toBe('edgesync-us-east; fwd=miss; stored; collapsed');
      expect(edge.origin.fetches).toHaveLength(1);
    }));

  it('goes through to the origin while the cache is away, and is not stored', () =>
    withContent(async (edge) => {
      await edge.cache.close();
      for (const _time of [1, 2]) expect((await read(edge)).headers['cache-status']).toBe('edgesync-us-east; fwd=bypass');
      expect(edge.origin.fetches).toHaveLength(2);
    }));

  it.each([
    ['never created', 0, 'content not found'],
    ['deleted', 4, 'content deleted at version 4'],
  ])('of a content %s is a 404 with its version, from the cache too, until that expires', (_title, version, error) =>
    withEdge({}, async (edge) => {
      if (version > 0) edge.origin.deleted.set(7, version);
      for (const source of ['origin', 'cache']) {
        const answer = await read(edge);
        expect(answer).toMatchObject({ status: 404, headers: { 'cache-control': expect.stringContaining('s-maxage=5,') } });
        expect(answer.headers.etag).toBeUndefined();
        expect(edgeMissingAnswer.strict().parse(answer.json)).toEqual({
          success: false,
          error,
          code: 'not_found',
          version,
          source,
          status: 'fresh',
          ...LABEL,
        });
      }
      edge.origin.contents.set(7, contentOf(7, 5));
      edge.clock.advance(4_999);
      expect(await read(edge)).toMatchObject({ status: 404 });
      edge.clock.advance(1);
      expect(await read(edge)).toMatchObject({ status: 200, json: { data: { version: 5 } } });
    }),
  );

  it('is served stale while the origin is away, then refused with 503', () =>
    withContent(async (edge) => {
      await read(edge);
      edge.origin.away = true;
      edge.clock.advance(3_600_000 + 61_000);
      expect(await read(edge)).toMatchObject({ status: 200, json: { source: 'cache', status: 'stale' } });
      edge.clock.advance(3_600_000);
      expect(await read(edge)).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        json: { success: false, error: 'not cached, and the origin does not answer: the origin is away', code: 'unavailable' },
      });
    }));
});

describe('the listing at the edge', () => {
  it.each([
    ['', 200, { success: true, data: [contentOf(1, 1)], next: null }],
    ['?limit=2&after=1', 200, { success: true, data: [], next: null }],
    ['?limit=0', 400, { success: false, error: 'limit: no', code: 'invalid_field' }],
  ])('passes %j on and the answer back', (query, status, body) =>
    withEdge({}, async ({ port, origin }) => {
      origin.listing = { status, body };
      const answer = await exchange(port, { path: `/api/content${query}` });
      expect({ status: answer.status, body: answer.json }).toEqual({ status, body });
      expect(origin.queries).toEqual([query]);
    }),
  );

  it('is refused with 503 while the origin is away', () =>
    withEdge({}, async ({ port, origin }) => {
      origin.away = true;
      expect(await exchange(port, { path: '/api/content' })).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        json: { code: 'unavailable' },
      });
    }));
});
