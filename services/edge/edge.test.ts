import { expect, it } from 'vitest';
import { LogUnavailable } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { silentLogger as logger } from '../runtime/log.ts';
import { systemRandom as random } from '../runtime/random.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { EDGE_SETTINGS } from './config.ts';
import { cacheBoundsOf, startEdge } from './edge.ts';
import { HttpOriginClient } from './origin-client.ts';

const ENVIRONMENT = {
  REGION_NAME: 'eu-west',
  EDGE_PORT: '0',
  REDIS_URL: 'memory:',
  KAFKA_BROKERS: 'memory:',
  ORIGIN_URL: 'http://127.0.0.1:1',
};
const CONFIG = readConfig(EDGE_SETTINGS, ENVIRONMENT);
const DEADLINE_MS = 10_000;

/** Refuses the first subscriptions, as a broker does that is still starting. */
class LateLog extends MemoryLog {
  refusals = 1;

  override async subscribe(...subscriber: Parameters<MemoryLog['subscribe']>): ReturnType<MemoryLog['subscribe']> {
    this.refusals -= 1;
    if (this.refusals >= 0) throw new LogUnavailable('not there yet');
    return super.subscribe(...subscriber);
  }
}

it('serves before the log is there, calls nothing fresh until it has joined, and joins without a restart', async () => {
  const log = new LateLog({ clock, partitions: 3 });
  const cache = new MemoryCache(new MemoryCacheServer({ clock, random, ...cacheBoundsOf(CONFIG) }));
  const origin = new HttpOriginClient(CONFIG.ORIGIN_URL);
  const edge = await startEdge(CONFIG, { cache, log, origin, clock, random, logger });
  try {
    const catchingUp = async () => edgeMetrics.parse(await (await fetch(`http://127.0.0.1:${edge.port}/metrics`)).json()).log.catchingUp;
    expect(await catchingUp()).toBe(true);
    const deadline = performance.now() + DEADLINE_MS;
    while (await catchingUp()) expect(performance.now()).toBeLessThan(deadline);
    expect(log.refusals).toBe(-1);
  } finally {
    await edge.close();
    await origin.close();
    await cache.close();
    await log.close();
  }
});

it.each([
  ['an hour', '3600', []],
  ['two days', '172800', [expect.stringContaining('entries may live longer than the log keeps invalidations')]],
])('says when entries may outlive what the log keeps: with a time to live of %s', async (_title, CACHE_TTL, said) => {
  const config = readConfig(EDGE_SETTINGS, { ...ENVIRONMENT, KAFKA_BROKERS: '127.0.0.1:1', CACHE_TTL });
  const warnings: string[] = [];
  const log = new MemoryLog({ clock, partitions: 3 });
  const cache = new MemoryCache(new MemoryCacheServer({ clock, random, ...cacheBoundsOf(config) }));
  const origin = new HttpOriginClient(config.ORIGIN_URL);
  const noting = { ...logger, warn: (_fields: object, message: string) => void warnings.push(message) };
  const edge = await startEdge(config, { cache, log, origin, clock, random, logger: noting });
  await edge.close();
  await origin.close();
  expect(warnings).toEqual(said);
});
