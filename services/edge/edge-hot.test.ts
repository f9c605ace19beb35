/** Hot entries of a whole edge, over real sockets. */
import { expect, it } from 'vitest';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { exchange } from '../runtime/testing/http.ts';
import { withEdge } from './testing/edge.ts';
import { contentOf, writeOf } from './testing/kit.ts';

const LONG = { HOT_MS: '10000' };

async function metricsOf(port: number) {
  return edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json);
}

it('are counted, in both forms of the metrics', () =>
  withEdge(LONG, async ({ port, origin }) => {
    origin.contents.set(1, contentOf(1, 1));
    await expect.poll(() => metricsOf(port), { interval: 5, timeout: 10_000 }).toMatchObject({ log: { catchingUp: false } });
    for (const _ of [1, 2, 3, 4]) await exchange(port, { path: '/api/content/1' });
    expect(await metricsOf(port)).toMatchObject({ hotLookups: 2, metrics: { cacheHits: 3, cacheMisses: 1 } });
    const { text } = await exchange(port, { path: '/metrics', headers: { accept: 'text/plain;version=0.0.4' } });
    expect(text).toContain('edgesync_edge_hot_lookups_total{region="us-east"} 2');
  }));

it.each([
  { title: 'time', environment: { HOT_MS: '0' } },
  { title: 'memory', environment: { ...LONG, HOT_BYTES: '0' } },
])('are not there without $title', ({ environment }) =>
  withEdge(environment, async ({ port, origin }) => {
    origin.contents.set(1, contentOf(1, 1));
    for (const _ of [1, 2, 3, 4]) await exchange(port, { path: '/api/content/1' });
    expect(await metricsOf(port)).toMatchObject({ hotLookups: 0, metrics: { cacheHits: 3 } });
  }),
);

it('are never older than what the edge has applied', () =>
  withEdge(LONG, async ({ port, origin, log }) => {
    for (let version = 1; version <= 20; version += 1) {
      origin.contents.set(1, contentOf(1, version));
      await log.append([writeOf(1, version)]);
      const applied = async () => (await metricsOf(port)).metrics.totalInvalidations;
      await expect.poll(applied, { interval: 2, timeout: 10_000 }).toBe(version);
      for (const _ of [1, 2]) {
        const { json } = await exchange(port, { path: '/api/content/1' });
        expect(json).toMatchObject({ data: { version } });
      }
    }
  }));
