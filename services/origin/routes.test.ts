/** Every route of the origin, over real sockets. */
import { describe, expect, it } from 'vitest';
import { contentAnswer, contentListAnswer } from '../protocol/content.ts';
import { originHealth, originMetrics } from '../protocol/origin-api.ts';
import { errorAnswer, exchange } from '../runtime/testing/http.ts';
import { type Database, DatabaseUnavailable } from './database/database.ts';
import { createLog, type OriginUnderTest, openedDatabase, withOrigin } from './testing/origin.ts';

const PATH = '/api/content';
const DRAFT = { title: 'A title', slug: 'a-slug', body: 'A body' };

const openDatabase = openedDatabase();
const withFreshOrigin = (use: (origin: OriginUnderTest) => Promise<void>) => withOrigin({ database: openDatabase() }, use);

describe('the origin', () => {
  it('begins with the three rows of the original EdgeSync, under the ids 1 to 3', () =>
    withFreshOrigin(async ({ port }) => {
      const { data } = contentListAnswer.parse((await exchange(port, { path: PATH })).json);
      expect(data.map(({ id, slug, version }) => ({ id, slug, version }))).toEqual([
        { id: 1, slug: 'getting-started', version: 1 },
        { id: 2, slug: 'cache-invalidation', version: 1 },
        { id: 3, slug: 'distributed-systems', version: 1 },
      ]);
      expect(data.every(({ tags }) => tags.length > 0)).toBe(true);
    }));

  it('does not bring the rows of the original EdgeSync back at a later start', () =>
    withFreshOrigin(async ({ port, database }) => {
      for (const id of [1, 2, 3]) await exchange(port, { method: 'DELETE', path: `${PATH}/${id}` });
      await withOrigin({ database, fresh: false }, async (second) => {
        expect((await exchange(second.port, { path: PATH })).json).toEqual({ success: true, data: [], next: null });
      });
    }));

  it('answers a POST with 201, the content at version 1, its place and its tag', () =>
    withFreshOrigin(async ({ port }) => {
      const answer = await exchange(port, { method: 'POST', path: PATH, body: DRAFT });
      const { data } = contentAnswer.parse(answer.json);
      expect(data).toMatchObject({ ...DRAFT, id: 4, version: 1, tags: [], metadata: {} });
      expect(answer).toMatchObject({ status: 201, headers: { location: `${PATH}/4`, etag: expect.stringMatching(/^"4-1-/) } });
      expect(contentAnswer.parse((await exchange(port, { path: `${PATH}/4` })).json).data).toEqual(data);
    }));

  it.each([[{ title: 'x' }], [{ body: '' }], [{ tags: ['a'] }], [{ metadata: { a: { b: [1] } } }]])(
    'answers a PUT of %j with the next version',
    (change) =>
      withFreshOrigin(async ({ port }) => {
        const before = contentAnswer.parse((await exchange(port, { path: `${PATH}/2` })).json).data;
        const answer = await exchange(port, { method: 'PUT', path: `${PATH}/2`, body: change });
        const { data } = contentAnswer.parse(answer.json);
        expect(answer.status).toBe(200);
        expect(data).toEqual({ ...before, ...change, version: 2, updated_at: data.updated_at });
      }),
  );

  it('answers a DELETE with the version of the deletion, and 404 with that version from then on', () =>
    withFreshOrigin(async ({ port }) => {
      await exchange(port, { method: 'PUT', path: `${PATH}/1`, body: { title: 'x' } });
      const path = `${PATH}/1`;
      expect(await exchange(port, { method: 'DELETE', path })).toMatchObject({
        status: 200,
        json: { success: true, data: { id: 1, version: 3 } },
      });
      for (const sent of [{ path }, { method: 'DELETE', path }, { method: 'PUT', path, body: { title: 'y' } }]) {
        const answer = await exchange(port, sent);
        expect(answer.status).toBe(404);
        expect(errorAnswer.parse(answer.json)).toMatchObject({ code: 'not_found', version: 3 });
      }
    }));

  it('gives each version its own strong tag', () =>
    withFreshOrigin(async ({ port }) => {
      const path = `${PATH}/1`;
      const first = (await exchange(port, { path })).headers.etag;
      const put = (await exchange(port, { method: 'PUT', path, body: { title: 'x' } })).headers.etag;
      expect(first).toMatch(/^"[^"]+"$/);
      expect(put).not.toBe(first);
      expect((await exchange(port, { path })).headers.etag).toBe(put);
    }));

  it.each([
    ['the tag', (etag: string) => etag, 304],
    ['its weak form', (etag: string) => `W/${etag}`, 304],
    ['a list with it', (etag: string) => `"other", W/"x" ,${etag}`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"1-0-x"', 200],
    ['the tag without its quotes', (etag: string) => etag.replaceAll('"', ''), 200],
    ['nothing in it', () => '', 200],
  ])('answers If-None-Match with %s', (_title, header, status) =>
    withFreshOrigin(async ({ port }) => {
      const path = `${PATH}/1`;
      const etag = (await exchange(port, { path })).headers.etag ?? '';
      const answer = await exchange(port, { path, headers: { 'if-none-match': header(etag) } });
      expect(answer).toMatchObject({ status, headers: { etag } });
      expect(answer.text === '').toBe(status === 304);
    }),
  );

  it('answers If-None-Match of the last version with the next one, and of a deleted one with 404', () =>
    withFreshOrigin(async ({ port }) => {
      const path = `${PATH}/1`;
      const headers = { 'if-none-match': (await exchange(port, { path })).headers.etag ?? '' };
      await exchange(port, { method: 'PUT', path, body: { title: 'x' } });
      expect(await exchange(port, { path, headers })).toMatchObject({ status: 200, json: { data: { version: 2 } } });
      await exchange(port, { method: 'DELETE', path });
      expect(await exchange(port, { path, headers: { 'if-none-match': '*' } })).toMatchObject({ status: 404 });
    }));

  it.each([`${PATH}/1`, PATH, '/health', '/metrics', `${PATH}/99`])('answers HEAD %s as GET, without a body', (path) =>
    withFreshOrigin(async ({ port }) => {
      const [head, get] = [await exchange(port, { method: 'HEAD', path }), await exchange(port, { path })];
      expect(head).toMatchObject({ status: get.status, text: '' });
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
      expect(head.headers.etag).toBe(get.headers.etag);
    }),
  );

  it.each([
    ['', [1, 2, 3], null],
    ['?limit=2', [1, 2], 2],
    ['?limit=2&after=2', [3], null],
    ['?after=3', [], null],
    ['?limit=1000&after=0', [1, 2, 3], null],
    ['?after=2147483647', [], null],
  ])('lists with %s', (query, ids, next) =>
    withFreshOrigin(async ({ port }) => {
      const answer = contentListAnswer.parse((await exchange(port, { path: `${PATH}${query}` })).json);
      expect({ ids: answer.data.map(({ id }) => id), next: answer.next }).toEqual({ ids, next });
    }),
  );

  it('walks every row once by the `next` of each page', () =>
    withFreshOrigin(async ({ port }) => {
      const seen: number[] = [];
      for (let after: number | null = 0; after !== null; ) {
        const page = contentListAnswer.parse((await exchange(port, { path: `${PATH}?limit=1&after=${after}` })).json);
        seen.push(...page.data.map(({ id }) => id));
        after = page.next;
      }
      expect(seen).toEqual([1, 2, 3]);
    }));

  it('counts its requests, names the versions changed last and what waits in the outbox', () =>
    withFreshOrigin(async ({ port }) => {
      await exchange(port, { method: 'PUT', path: `${PATH}/2`, body: { title: 'x' } });
      await exchange(port, { path: `${PATH}/2` });
      const metrics = originMetrics.strict().parse((await exchange(port, { path: '/metrics' })).json);
      expect(metrics.versions[0]).toEqual({ key: 'content:2', version: 2, deleted: false });
      const published = async () => originMetrics.strict().parse((await exchange(port, { path: '/metrics' })).json).published;
      await expect.poll(published, { interval: 5, timeout: 10_000 }).toMatchObject([{ type: 'key', target: 'content:2', version: 2 }]);
      expect(metrics.requests).toEqual({ reads: 1, writes: 1 });
    }));

  it('tells its own wall clock, and says the same in Prometheus text where that is asked for', () =>
    withFreshOrigin(async ({ port }) => {
      const before = Date.now();
      await exchange(port, { path: `${PATH}/2` });
      const json = await exchange(port, { path: '/metrics' });
      const { now = 0, heldMs = 0 } = originMetrics.strict().parse(json.json).process ?? {};
      expect(now - heldMs).toBeGreaterThan(before - 1);
      expect(now).toBeLessThanOrEqual(Date.now());
      expect(json.headers.vary).toBe('Accept');
      const { text, headers } = await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toContain('edgesync_origin_requests_total{kind="read"} 1');
      expect(text).toContain('edgesync_origin_outbox_pending 0');
    }));

  it.each([
    ['both answer', true, true, 200, { status: 'ok', postgres: 'connected', log: 'connected' }],
    ['the log is away', true, false, 503, { status: 'unavailable', postgres: 'connected', log: 'disconnected' }],
    ['the database is away', false, true, 503, { status: 'unavailable', postgres: 'disconnected', log: 'connected' }],
  ])('says how it is when %s', async (_title, hasDatabase, hasLog, status, body) => {
    const log = createLog();
    const database = switchable(openDatabase());
    await withOrigin({ database, log }, async ({ port }) => {
      database.away = !hasDatabase;
      if (!hasLog) await log.close();
      const answer = await exchange(port, { path: '/health' });
      expect({ status: answer.status, body: originHealth.strict().parse(answer.json) }).toEqual({ status, body });
      database.away = false;
    });
  });

  it.each([
    ['GET', `${PATH}/1`, undefined],
    ['GET', PATH, undefined],
    ['POST', PATH, DRAFT],
    ['PUT', `${PATH}/1`, { title: 'x' }],
    ['DELETE', `${PATH}/1`, undefined],
    ['POST', '/api/invalidate', { type: 'all' }],
    ['GET', '/metrics', undefined],
  ])('answers %s %s with 503 and Retry-After while the database is away', async (method, path, body) => {
    const database = switchable(openDatabase());
    await withOrigin({ database }, async ({ port }) => {
      database.away = true;
      const answer = await exchange(port, { method, path, body });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(errorAnswer.parse(answer.json).code).toBe('unavailable');
      database.away = false;
    });
  });
});

/** A database that can be taken away and given back. */
function switchable(database: Database): Database & { away: boolean } {
  const orAway = <T>(call: () => Promise<T>) => (self.away ? Promise.reject(new DatabaseUnavailable('taken away')) : call());
  const self = {
    away: false,
    query: <Row>(sql: string, parameters?: readonly unknown[]) => orAway(() => database.query<Row>(sql, parameters)),
    execute: (sql: string) => orAway(() => database.execute(sql)),
    tryLock: (key: number) => orAway(() => database.tryLock(key)),
    connected: async () => !self.away,
    close: async () => {},
  };
  return self;
}
