/**
 * An edge of version 0.1.0 on the log of an origin of today. It knows no heartbeats: each is a record that it cannot
 * read, which might have been for anything. So it loses no invalidation, and keeps nothing for longer than a heartbeat.
 * That is why edges are updated before the origin, or the origin has `FRESHNESS_LEASE=0` until they are.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLog } from '../log/memory.ts';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { exchange } from '../runtime/testing/http.ts';
import { BUNDLED_MS_MAX, bundleVersion010, isVersion010There, type Version010 } from '../runtime/testing/version-0-1-0.ts';
import type { startEdge } from './edge.ts';
import { StagedOrigin } from './testing/edge.ts';
import { contentOf, writeOf } from './testing/kit.ts';

const WAIT = { interval: 20, timeout: 10_000 };

/** What the bundle has, as far as it is used here: what it takes is what an edge of today takes, or less. */
interface OlderEdge {
  readonly startEdge: typeof startEdge;
  readonly openCache: (options: object) => Promise<Parameters<typeof startEdge>[1]['cache']>;
  readonly readEdgeConfig: (environment: object) => Parameters<typeof startEdge>[0];
}

const SOURCE = `
import { EDGE_SETTINGS } from './services/edge/config.ts';
import { readConfig } from './services/runtime/config.ts';
export { startEdge } from './services/edge/edge.ts';
export { openCache } from './services/edge/cache/open.ts';
export const readEdgeConfig = (environment) => readConfig(EDGE_SETTINGS, environment);
`;

describe.skipIf(!isVersion010There)('an edge of 0.1.0', () => {
  let version: Version010<OlderEdge>;

  beforeAll(async () => {
    version = await bundleVersion010<OlderEdge>(SOURCE);
  }, BUNDLED_MS_MAX);

  afterAll(() => version.remove());

  async function withOlderEdge(use: (edge: { port: number; log: MemoryLog; origin: StagedOrigin }) => Promise<void>): Promise<void> {
    const older = version.exports;
    const shared = { clock: systemClock, logger: silentLogger, random: systemRandom };
    const log = new MemoryLog({ clock: systemClock, partitions: INVALIDATION_PARTITIONS });
    const cache = await older.openCache({ url: 'memory:', region: 'us-east', markRetentionMs: 7_300_000, ...shared });
    const origin = new StagedOrigin();
    const environment = { KAFKA_BROKERS: 'memory:', REDIS_URL: 'memory:', ORIGIN_URL: 'http://localhost:4000' };
    const config = older.readEdgeConfig({ ...environment, REGION_NAME: 'us-east', EDGE_PORT: '0', PROPAGATION_DELAY: '0' });
    const edge = await older.startEdge(config, { cache, log, origin, ...shared });
    try {
      await use({ port: edge.port, log, origin });
    } finally {
      await edge.close();
      await cache.close();
    }
  }

  it('loses no invalidation among the heartbeats of today, and takes each for one of everything', () =>
    withOlderEdge(async ({ port, log, origin }) => {
      const read = async () => (await exchange(port, { path: '/api/content/7' })).json;
      const told = async () => edgeMetrics.parse((await exchange(port, { path: '/metrics' })).json);
      const value = heartbeatValue({ time: Date.now(), partitions: INVALIDATION_PARTITIONS });
      const beat = () => log.append([0, 1, 2].map((partition) => ({ key: 'heartbeat', value, headers: {}, partition })));
      origin.contents.set(7, contentOf(7, 1));
      await expect.poll(async () => (await told()).log.catchingUp, WAIT).toBe(false);
      await read();
      expect(await read()).toMatchObject({ source: 'cache', status: 'fresh', data: { version: 1 } });
      await beat();
      await expect.poll(async () => (await told()).log.unreadable, WAIT).toBe(3);
      expect(await read(), 'everything was invalidated').toMatchObject({ source: 'origin' });
      origin.contents.set(7, contentOf(7, 2));
      await log.append([writeOf(7, 2)]);
      await beat();
      await expect.poll(async () => (await told()).log, WAIT).toMatchObject({ lag: 0, queued: 0, unreadable: 6 });
      expect((await told()).metrics.totalInvalidations).toBe(7);
      expect(await read()).toMatchObject({ status: 'fresh', data: { version: 2 } });
    }));
});
