/** An edge that warms its cache, over real sockets: what it counts, when it fetches, and what it says of it. */
import { expect, it } from 'vitest';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { exchange } from '../runtime/testing/http.ts';
import { ADMIN, type EdgeUnderTest, withEdge } from './testing/edge.ts';
import { contentOf } from './testing/kit.ts';

const WARMING = { WARM_KEYS: '2', WARM_CONCURRENCY: '1' };
const read = ({ port }: EdgeUnderTest, id: number) => exchange(port, { path: `/api/content/${id}` });
const flush = ({ port }: EdgeUnderTest) => exchange(port, { method: 'POST', path: '/admin/flush', headers: ADMIN });
const metricsOf = async ({ port }: EdgeUnderTest) => edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json);
const scrapeOf = async ({ port }: EdgeUnderTest) => (await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } })).text;

async function readOften(edge: EdgeUnderTest): Promise<void> {
  for (const id of [1, 2, 3]) edge.origin.contents.set(id, contentOf(id, 1));
  for (const id of [3, 3, 3, 2, 2, 1, 404, 404, 404, 404]) await read(edge, id);
}

it('fetches what is read most when its cache was flushed, and nothing that is not there', () =>
  withEdge(WARMING, async (edge) => {
    await readOften(edge);
    const before = edge.origin.fetches.length;
    await flush(edge);
    await expect.poll(async () => (await metricsOf(edge)).warming, { interval: 20, timeout: 10_000 }).toMatchObject({ fetched: 2 });
    expect(edge.origin.fetches.slice(before).map(({ id }) => id)).toEqual([3, 2]);
    expect((await read(edge, 3)).json).toMatchObject({ source: 'cache', status: 'fresh' });
    const { warming, metrics } = await metricsOf(edge);
    expect(warming).toEqual({ rounds: expect.any(Number), fetched: 2, missing: 0, failed: 0, held: 0, waiting: 0, underWay: 0 });
    expect(metrics.totalRequests, 'it is no read').toBe(11);
    expect(await scrapeOf(edge)).toMatch(/^edgesync_edge_warmed_total\{outcome="fetched",region="us-east"\} 2$/m);
  }));

it('fetches nothing, and says nothing of it, where it is off', () =>
  withEdge({}, async (edge) => {
    await readOften(edge);
    const before = edge.origin.fetches.length;
    await flush(edge);
    await read(edge, 1);
    expect(edge.origin.fetches.slice(before).map(({ id }) => id)).toEqual([1]);
    expect(await metricsOf(edge)).not.toHaveProperty('warming');
    expect(await scrapeOf(edge)).not.toContain('warm');
  }));
