/**
 * What an edge with a lease says in headers, in its metrics and of its health: over real sockets, with a wall clock
 * that a test moves.
 */
import { describe, expect, it } from 'vitest';
import { edgeHealth, edgeMetrics } from '../protocol/edge-api.ts';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { exchange } from '../runtime/testing/http.ts';
import { Lease } from './lease.ts';
import { ADMIN_TOKEN, type EdgeUnderTest, withEdge } from './testing/edge.ts';
import { contentOf, writeOf } from './testing/kit.ts';

/** The wall clock stands while the monotonic one goes on: a skew that is longer than the test. */
const [LEASE_MS, SKEW_MS] = [200_000, 60_000];
const LEASED = { FRESHNESS_LEASE: String(LEASE_MS), CLOCK_SKEW_MAX: String(SKEW_MS) };

const withContent = (use: (edge: EdgeUnderTest) => Promise<void>, environment = {}) =>
  withEdge({ ...LEASED, ...environment }, async (edge) => {
    edge.origin.contents.set(7, contentOf(7, 1));
    await use(edge);
  });

const read = ({ port }: EdgeUnderTest) => exchange(port, { path: '/api/content/7' });
const metricsOf = async ({ port }: EdgeUnderTest) => edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json);
const healthOf = async ({ port }: EdgeUnderTest) => edgeHealth.parse((await exchange(port, { path: '/health' })).json);

/** How long the lease of this key lasts. */
function leaseOf7({ clock }: EdgeUnderTest): number {
  return new Lease(() => ({ leaseMs: LEASE_MS, skewMs: SKEW_MS }), clock).of('content:7', 0).until;
}

async function beat({ log, clock }: EdgeUnderTest, time = clock.now()): Promise<void> {
  const value = heartbeatValue({ time, partitions: 3 });
  await log.append([0, 1, 2].map((partition) => ({ key: 'heartbeat', value, headers: {}, partition })));
}

describe('under a lease', () => {
  it('a cache below may keep an answer until a second before this edge calls it stale, and serve none that is', () =>
    withContent(async (edge) => {
      await read(edge);
      const { headers } = await read(edge);
      const seconds = Math.floor(leaseOf7(edge) / 1_000);
      expect(headers['cache-control']).toBe(`public, max-age=0, s-maxage=${seconds - 1}`);
      expect(headers['cache-status']).toBe(`edgesync-us-east; hit; ttl=${seconds}`);
    }));

  it('a cache below may not keep what is stale here, whatever makes it so', () =>
    withContent(async (edge) => {
      await read(edge);
      edge.origin.aheadMs = -SKEW_MS - 61_000;
      await exchange(edge.port, { path: '/api/content/9' });
      const { headers, json } = await read(edge);
      expect(json).toMatchObject({ status: 'stale', source: 'cache' });
      expect(headers['cache-status']).toBe('edgesync-us-east; hit; ttl=-1; detail=lease');
      expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=0');
    }));

  it('its own lifetime counts where that is shorter', () =>
    withContent(
      async (edge) => {
        await read(edge);
        const { headers } = await read(edge);
        expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=9');
        expect(headers['cache-status']).toBe('edgesync-us-east; hit; ttl=10');
      },
      { CACHE_TTL: '10' },
    ));

  it('an answer says that its lease is why it is stale', () =>
    withContent(async (edge) => {
      await read(edge);
      edge.clock.advance(LEASE_MS + 1);
      const { headers, json } = await read(edge);
      expect(json).toMatchObject({ status: 'stale', source: 'cache' });
      expect(headers['cache-status']).toMatch(/^edgesync-us-east; hit; ttl=-\d+; detail=lease$/);
    }));

  it('what the cache holds is told as a reader would be told', () =>
    withContent(
      async (edge) => {
        const versions = async () => (await metricsOf(edge)).versions.map(({ key, state }) => `${key} ${state}`).toSorted();
        await read(edge);
        await exchange(edge.port, { path: '/api/content/9' });
        expect(await versions()).toEqual(['content:7 fresh', 'content:9 fresh']);
        edge.clock.advance(LEASE_MS + 1);
        expect(await versions(), 'a 404 is never stale').toEqual(['content:7 stale', 'content:9 invalid']);
        await beat(edge);
        await expect.poll(versions, { interval: 20, timeout: 10_000 }).toEqual(['content:7 fresh', 'content:9 fresh']);
      },
      { NEGATIVE_TTL: '3600' },
    ));

  it('metrics and health tell what there is of it', () =>
    withContent(async (edge) => {
      const lease = { leaseMs: LEASE_MS, skewMs: SKEW_MS, leastMs: 63_000 };
      expect((await metricsOf(edge)).lease).toEqual({
        ...lease,
        evidenceMs: null,
        heartbeats: 0,
        fromFuture: 0,
        originAheadMs: null,
        untrustedMs: 0,
      });
      expect(await healthOf(edge)).toMatchObject({ status: 'degraded', lease: 'ran out' });
      await beat(edge);
      await expect.poll(async () => (await metricsOf(edge)).lease, { interval: 20, timeout: 10_000 }).toMatchObject({ evidenceMs: 0 });
      expect(await healthOf(edge)).toMatchObject({ status: 'ok', lease: 'held' });
      expect((await metricsOf(edge)).log).toMatchObject({ lag: 0, queued: 0, unreadable: 0 });
      await beat(edge, edge.clock.now() + SKEW_MS + 1);
      await expect.poll(async () => (await metricsOf(edge)).lease, { interval: 20, timeout: 10_000 }).toMatchObject({ fromFuture: 3 });
      expect(await healthOf(edge)).toMatchObject({ status: 'degraded', lease: 'heartbeats from the future' });
      await beat(edge);
      await expect.poll(() => healthOf(edge), { interval: 20, timeout: 10_000 }).toMatchObject({ status: 'ok', lease: 'held' });
    }));

  it('a heartbeat that waits behind an event is no lag', () =>
    withContent(
      async (edge) => {
        await edge.log.append([writeOf(7, 2)]);
        await beat(edge);
        const lagOf = async () => {
          const { log } = await metricsOf(edge);
          return { queued: log.queued, lag: log.lag };
        };
        await expect.poll(lagOf, { interval: 20, timeout: 10_000 }).toEqual({ queued: 1, lag: 1 });
      },
      { PROPAGATION_DELAY: '60000' },
    ));

  it('the least lease is that of the delay in force', () =>
    withContent(async (edge) => {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      await exchange(edge.port, { method: 'PUT', path: '/admin/config', headers, body: { propagationDelayMs: 5_000 } });
      expect((await metricsOf(edge)).lease).toMatchObject({ leastMs: 68_000 });
    }));

  it('an origin whose clock is another one is told of, until it has been right for a lease', () =>
    withContent(async (edge) => {
      await beat(edge);
      await expect.poll(() => healthOf(edge), { interval: 20, timeout: 10_000 }).toMatchObject({ status: 'ok', lease: 'held' });
      edge.origin.aheadMs = -SKEW_MS - 61_000;
      await read(edge);
      expect((await metricsOf(edge)).lease).toMatchObject({ originAheadMs: -SKEW_MS - 60_000 });
      expect((await metricsOf(edge)).lease?.untrustedMs).toBeGreaterThan(LEASE_MS - 1);
      expect(await healthOf(edge)).toMatchObject({ status: 'degraded', lease: 'clocks apart' });
      const scrape = await exchange(edge.port, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(scrape.text).toMatch(/^edgesync_edge_origin_clock_ahead_seconds\{.*\} -120$/m);
      expect(scrape.text).toMatch(/^edgesync_edge_clock_untrusted_seconds\{.*\} 2\d\d/m);
      edge.origin.aheadMs = 0;
      edge.clock.advance(2 * LEASE_MS);
      await beat(edge);
      await expect.poll(() => healthOf(edge), { interval: 20, timeout: 10_000 }).toMatchObject({ status: 'ok', lease: 'held' });
    }));
});

it('a lease that is changed while the edge runs holds from the next answer on, for what it has already, too', () =>
  withContent(
    async (edge) => {
      const change = async (freshnessLeaseMs: number) => {
        const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
        expect((await exchange(edge.port, { method: 'PUT', path: '/admin/config', headers, body: { freshnessLeaseMs } })).status).toBe(200);
      };
      const label = async () => (await read(edge)).json;
      await read(edge);
      edge.origin.away = true;
      edge.clock.advance(LEASE_MS + 1);
      expect(await label()).toMatchObject({ status: 'fresh', source: 'cache' });
      await change(LEASE_MS);
      expect(await label()).toMatchObject({ status: 'stale', source: 'cache' });
      expect(await healthOf(edge)).toMatchObject({ lease: 'ran out' });
      await beat(edge);
      await expect.poll(label, { interval: 20, timeout: 10_000 }).toMatchObject({ status: 'fresh', source: 'cache' });
      edge.clock.advance(LEASE_MS + 1);
      expect(await label()).toMatchObject({ status: 'stale' });
      await change(0);
      expect(await label()).toMatchObject({ status: 'fresh' });
      expect(await healthOf(edge)).not.toHaveProperty('lease');
    },
    { FRESHNESS_LEASE: '0' },
  ));

it('without a lease nothing is said of one', () =>
  withContent(
    async (edge) => {
      expect(await metricsOf(edge)).not.toHaveProperty('lease');
      expect(await healthOf(edge)).not.toHaveProperty('lease');
      expect((await read(edge)).headers['cache-control']).toContain('stale-while-revalidate=60');
    },
    { FRESHNESS_LEASE: '0' },
  ));
