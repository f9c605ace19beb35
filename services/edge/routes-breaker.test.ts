/**
 * What an edge with a circuit breaker says of it: in metrics, in health, and to whom it cannot answer. Over real
 * sockets.
 */
import { expect, it } from 'vitest';
import { edgeHealth, edgeMetrics } from '../protocol/edge-api.ts';
import { exchange } from '../runtime/testing/http.ts';
import { OriginUnavailable } from './origin-client.ts';
import { type EdgeUnderTest, withEdge } from './testing/edge.ts';

const ON = { CIRCUIT_BREAKER: 'on' };
const read = ({ port }: EdgeUnderTest, id: number) => exchange(port, { path: `/api/content/${id}` });
const metricsOf = async ({ port }: EdgeUnderTest) => edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json);
const healthOf = async ({ port }: EdgeUnderTest) => edgeHealth.parse((await exchange(port, { path: '/health' })).json);
const scrapeOf = async ({ port }: EdgeUnderTest) => (await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } })).text;

it('tells when it opens, and that the region is less than whole', () =>
  withEdge(ON, async (edge) => {
    expect((await metricsOf(edge)).breaker).toEqual({ state: 'closed', opened: 0, refused: 0, probes: 0 });
    expect(await healthOf(edge)).toMatchObject({ breaker: 'closed' });
    edge.origin.away = true;
    for (let id = 1; id <= 5; id += 1) expect((await read(edge, id)).status).toBe(503);
    expect((await metricsOf(edge)).breaker).toMatchObject({ state: 'open', opened: 1 });
    expect(await healthOf(edge)).toMatchObject({ status: 'degraded', breaker: 'open' });
    expect(await scrapeOf(edge)).toMatch(/^edgesync_edge_breaker_state\{state="open",region="us-east"\} 1$/m);
    expect(await scrapeOf(edge)).toMatch(/^edgesync_edge_breaker_opened_total\{region="us-east"\} 1$/m);
  }));

it('is told by health although the origin answers again', () =>
  withEdge(ON, async (edge) => {
    edge.origin.before = () => {
      throw new OriginUnavailable('no answer to a fetch');
    };
    for (let id = 1; id <= 5; id += 1) await read(edge, id);
    expect(await healthOf(edge)).toMatchObject({
      status: 'degraded',
      origin: 'connected',
      log: 'connected',
      redis: 'connected',
      breaker: 'open',
    });
  }));

it('stands before the listing, too, which says when to come back', () =>
  withEdge(ON, async (edge) => {
    edge.origin.away = true;
    const list = () => exchange(edge.port, { path: '/api/content' });
    for (let at = 0; at < 20; at += 1) expect(await list()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect((await metricsOf(edge)).breaker).toMatchObject({ opened: expect.any(Number), refused: expect.any(Number) });
    expect(edge.origin.queries.length).toBeLessThan(20);
  }));

it('nothing is said of one where there is none', () =>
  withEdge({}, async (edge) => {
    expect(await metricsOf(edge)).not.toHaveProperty('breaker');
    expect(await healthOf(edge)).not.toHaveProperty('breaker');
    expect(await scrapeOf(edge)).not.toContain('breaker');
    edge.origin.away = true;
    for (let id = 1; id <= 20; id += 1) await read(edge, id);
    expect(edge.origin.fetches).toHaveLength(20);
  }));
