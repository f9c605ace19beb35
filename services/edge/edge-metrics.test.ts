/** `/metrics` and `/health` of an edge, over real sockets. */
import { describe, expect, it } from 'vitest';
import { edgeHealth, edgeMetrics } from '../protocol/edge-api.ts';
import { exchange } from '../runtime/testing/http.ts';
import { type EdgeUnderTest, REGION, withEdge } from './testing/edge.ts';
import { contentOf, eventOf, writeOf } from './testing/kit.ts';

const PROMETHEUS_2 = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const SAMPLE = /^([a-z_]+)(\{[^}]*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/;

/** Two misses, a hit, a stale answer, an error, and two invalidations. */
async function withTraffic(use: (edge: EdgeUnderTest) => Promise<void>): Promise<void> {
  await withEdge({}, async (edge) => {
    edge.origin.contents.set(1, contentOf(1, 1));
    edge.origin.contents.set(2, contentOf(2, 1));
    for (const id of [1, 1, 2]) await exchange(edge.port, { path: `/api/content/${id}` });
    await edge.log.append([writeOf(2, 2, { mode: 'soft' }), eventOf({ type: 'key', target: 'content:9', mode: 'hard' })]);
    const metrics = async () => (await exchange(edge.port, { path: '/metrics' })).json;
    await expect.poll(metrics, { interval: 5, timeout: 10_000 }).toMatchObject({ log: { lag: 0 } });
    edge.origin.away = true;
    await exchange(edge.port, { path: '/api/content/2' });
    await exchange(edge.port, { path: '/api/content/3' });
    await use(edge);
  });
}

describe('the metrics of an edge', () => {
  it('hold before the first read, with null where there is no sample', () =>
    withEdge({ PROPAGATION_DELAY: '300', INVALIDATION_STRATEGY: 'lazy' }, async ({ port }) => {
      const metrics = edgeMetrics.strict().parse((await exchange(port, { path: '/metrics' })).json);
      expect(metrics).toMatchObject({
        region: REGION,
        strategy: 'lazy',
        propagationDelayMs: 300,
        metrics: {
          totalRequests: 0,
          hitRatio: 0,
          avgLatency: null,
          p50Latency: null,
          p99Latency: null,
          minLatency: null,
          maxLatency: null,
        },
        window: { requests: 0, hitRatio: null, p50: null, p95: null, p99: null },
        versions: [],
        invalidationLagMs: null,
        recent: [],
        log: { connected: true, catchingUp: false, lag: 0, queued: 0, unreadable: 0 },
      });
    }));

  it('count reads and invalidations by their kind', () =>
    withTraffic(async ({ port }) => {
      const metrics = edgeMetrics.strict().parse((await exchange(port, { path: '/metrics' })).json);
      expect(metrics.metrics).toMatchObject({
        totalRequests: 5,
        cacheHits: 2,
        cacheMisses: 3,
        staleHits: 1,
        hitRatio: 40,
        totalInvalidations: 2,
        eagerInvalidations: 1,
        lazyInvalidations: 1,
        startTime: '2030-01-01T00:00:00.000Z',
      });
      expect(metrics.window).toMatchObject({ requests: 5, hitRatio: 40 });
      expect(metrics.fills).toEqual({ stored: 2, refused: {} });
      const recent = metrics.recent.map(({ target, version, mode }) => ({ target, version, mode }));
      expect(recent).toHaveLength(2);
      expect(recent).toContainEqual({ target: 'content:2', version: 2, mode: 'soft' });
      expect(recent).toContainEqual({ target: 'content:9', version: null, mode: 'hard' });
      expect(metrics.versions).toEqual([
        { key: 'content:2', version: 1, state: 'stale' },
        { key: 'content:1', version: 1, state: 'fresh' },
      ]);
      expect(Object.values(metrics.log.applied).reduce((sum, offset) => sum + offset + 1, 0)).toBe(2);
    }));

  it('name at most 100 versions', () =>
    withEdge({}, async ({ port, origin }) => {
      for (let id = 1; id <= 101; id += 1) {
        origin.contents.set(id, contentOf(id, 1));
        await exchange(port, { path: `/api/content/${id}` });
      }
      expect(edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json).versions).toHaveLength(100);
    }));

  it('hold while cache and log are away', () =>
    withEdge({}, async ({ port, cache, log }) => {
      await Promise.all([cache.close(), log.close()]);
      const metrics = edgeMetrics.strict().parse((await exchange(port, { path: '/metrics' })).json);
      expect(metrics).toMatchObject({ versions: [], log: { connected: false, lag: null } });
    }));

  it.each([
    ['nothing', undefined, 'application/json'],
    ['*/*, as curl does', '*/*', 'application/json'],
    ['JSON', 'application/json', 'application/json'],
    ['what a browser does', BROWSER, 'application/json'],
    ['JSON before text', 'application/json, text/plain;q=0.5', 'application/json'],
    ['something else', 'image/png', 'application/json'],
    ['text', 'text/plain', 'text/plain'],
    ['text of the version there is', 'text/plain; version=0.0.4', 'text/plain'],
    ['text before all else', 'text/plain, */*;q=0.1', 'text/plain'],
    ['any text', 'text/*', 'text/plain'],
    ['what Prometheus 2 does', PROMETHEUS_2, 'text/plain'],
    ['what Prometheus 3 does', PROMETHEUS_3, 'text/plain'],
  ])('come in the form that fits a client that accepts %s', (_title, accept, type) =>
    withEdge({}, async ({ port }) => {
      const { headers } = await exchange(port, { path: '/metrics', headers: accept === undefined ? {} : { accept } });
      expect(headers['content-type']?.split(';')[0]).toBe(type);
      expect(headers.vary).toBe('Accept');
    }),
  );

  it('say the same in Prometheus text, each name once, in base units', () =>
    withTraffic(async ({ port }) => {
      const { text, headers } = await exchange(port, { path: '/metrics', headers: { accept: PROMETHEUS_2 } });
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      const lines = text.split('\n').filter((line) => line !== '');
      const typed = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
      expect(new Set(typed).size).toBe(typed.length);
      const samples = lines.filter((line) => !line.startsWith('#'));
      expect(new Set(samples.map((line) => line.split(' ')[0])).size).toBe(samples.length);
      for (const sample of samples) {
        const name = sample.match(SAMPLE)?.[1];
        expect(name, sample).toMatch(/^edgesync_/);
        expect(typed).toContain(name);
        expect(sample).toContain(`region="${REGION}"`);
        expect(name).not.toMatch(/_(?:ms|milliseconds|percent)$/);
      }
      expect(samples).toContain(`edgesync_edge_reads_total{outcome="hit",region="${REGION}"} 1`);
      expect(samples).toContain(`edgesync_edge_reads_total{outcome="stale",region="${REGION}"} 1`);
      expect(samples).toContain(`edgesync_edge_reads_total{outcome="miss",region="${REGION}"} 3`);
      expect(samples).toContain(`edgesync_edge_invalidations_total{mode="hard",region="${REGION}"} 1`);
      expect(samples).toContain(`edgesync_edge_window_hit_ratio{region="${REGION}"} 0.4`);
    }));

  it('say for how long an event has been due that the cache does not take, in both forms', () =>
    withEdge({}, async ({ port, cache, log }) => {
      const metrics = async () => edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json).log;
      await expect.poll(metrics, { interval: 5, timeout: 10_000 }).toMatchObject({ catchingUp: false, overdueMs: 0 });
      cache.refusing = true;
      await log.append([writeOf(1, 2)]);
      await expect.poll(metrics, { interval: 20, timeout: 10_000 }).toMatchObject({ catchingUp: true, lag: 1 });
      expect((await metrics()).overdueMs).toBeGreaterThan(1_000);
      // Whoever is to blame for it.
      cache.condition = async () => 'connected';
      expect((await exchange(port, { path: '/health' })).json).toMatchObject({ status: 'degraded', redis: 'connected' });
      const { text } = await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(Number(/^edgesync_edge_log_overdue_seconds\{[^}]*\} (\S+)$/m.exec(text)?.[1])).toBeGreaterThan(1);
      expect(text).toContain(`edgesync_edge_catching_up{region="${REGION}"} 1`);
      cache.refusing = false;
      await expect.poll(metrics, { interval: 20, timeout: 10_000 }).toMatchObject({ catchingUp: false, overdueMs: 0 });
    }));

  it('are Prometheus text before the first sample, and while cache and log are away', () =>
    withEdge({}, async ({ port, cache, log }) => {
      const scrape = async () => (await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } })).text;
      expect(await scrape()).toContain(`edgesync_edge_reads_total{outcome="hit",region="${REGION}"} 0`);
      await Promise.all([cache.close(), log.close()]);
      expect(await scrape()).not.toContain('edgesync_edge_log_lag_records');
    }));
});

describe('the health of an edge', () => {
  it.each([
    ['all answer', [], 200, { status: 'ok', redis: 'connected', log: 'connected', origin: 'connected' }],
    ['the cache is away', ['cache'], 200, { status: 'degraded', redis: 'disconnected', log: 'connected', origin: 'connected' }],
    [
      'the cache answers and takes no change',
      ['changes'],
      200,
      { status: 'degraded', redis: 'refuses writes', log: 'connected', origin: 'connected' },
    ],
    [
      'the cache takes no change and the origin is away',
      ['changes', 'origin'],
      200,
      { status: 'degraded', redis: 'refuses writes', log: 'connected', origin: 'disconnected' },
    ],
    ['the log is away', ['log'], 200, { status: 'degraded', redis: 'connected', log: 'disconnected', origin: 'connected' }],
    ['the origin is away', ['origin'], 200, { status: 'degraded', redis: 'connected', log: 'connected', origin: 'disconnected' }],
    [
      'only the log answers',
      ['cache', 'origin'],
      503,
      { status: 'unavailable', redis: 'disconnected', log: 'connected', origin: 'disconnected' },
    ],
    [
      'none answers',
      ['cache', 'origin', 'log'],
      503,
      { status: 'unavailable', redis: 'disconnected', log: 'disconnected', origin: 'disconnected' },
    ],
  ])('is told when %s', (_title, away, status, body) =>
    withEdge({}, async ({ port, cache, log, origin }) => {
      origin.away = away.includes('origin');
      cache.refusing = away.includes('changes');
      if (away.includes('cache')) await cache.close();
      if (away.includes('log')) await log.close();
      const answer = await exchange(port, { path: '/health' });
      expect({ status: answer.status, body: edgeHealth.strict().parse(answer.json) }).toEqual({
        status,
        body: { region: REGION, ...body },
      });
    }),
  );
});
