/** A Kafka that holds a day of heartbeats, and a cache that comes back over it. */
import { describe, expect, inject, test } from 'vitest';
import type { KafkaLog } from '../log/kafka.ts';
import { type KafkaUnderTest, until, withKafka } from '../log/testing/kafka.ts';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { Invalidator } from './invalidator.ts';
import { EdgeMeter } from './metrics.ts';
import { EdgeSettings } from './settings.ts';

const servers = inject('servers');
const DAY_S = 86_400;
const AT_ONCE = 5_000;
const STEPS_MAX = 20_000;
const MS_MAX = 600_000;

async function append(log: KafkaLog, seconds: number): Promise<void> {
  const begun = systemClock.now() - DAY_S * 1_000;
  const partitions = Array.from({ length: INVALIDATION_PARTITIONS }, (_, partition) => partition);
  for (let s = 0; s < seconds; s += AT_ONCE) {
    const each = Array.from({ length: Math.min(AT_ONCE, seconds - s) }, (_, at) => begun + (s + at) * 1_000);
    const values = each.map((time) => heartbeatValue({ time, partitions: INVALIDATION_PARTITIONS }));
    await log.append(values.flatMap((value) => partitions.map((partition) => ({ key: 'heartbeat', value, headers: {}, partition }))));
  }
}

/**
 * Until nothing of the log is missing in the cache of an edge that starts; tells how many steps of heartbeats that
 * took. A run of them is one.
 */
async function catchUp(kafka: KafkaUnderTest, cache: MemoryCache): Promise<{ readonly heartbeats: number }> {
  const log = kafka.open({ createTopic: false });
  const settings = new EdgeSettings({ propagationDelayMs: 0, strategy: 'eager' });
  const shared = { cache, settings, meter: new EdgeMeter(systemClock), clock: systemClock, logger: silentLogger, skewMs: 500 };
  const invalidator = new Invalidator({ ...shared, region: 'day', group: kafka.group, log });
  try {
    await invalidator.start();
    const bounds = await log.bounds();
    const isApplied = async () => {
      const { positions } = await cache.takeUp();
      return !invalidator.catchingUp() && bounds.every(({ partition, end }) => positions.get(partition)?.offset === end - 1);
    };
    await until(isApplied, 'the day is applied');
    return { heartbeats: invalidator.status().evidence?.heartbeats ?? 0 };
  } finally {
    await invalidator.close();
    await log.close();
  }
}

describe.skipIf(servers === undefined)('over a Kafka with a day of heartbeats', { timeout: MS_MAX }, () => {
  test('a cache that comes back empty reads none but the last, and one from before the day reads it', () =>
    withKafka(servers?.kafkaBrokers ?? '', async (kafka) => {
      const origin = kafka.open();
      const open = () => new MemoryCache(new MemoryCacheServer({ clock: systemClock, random: systemRandom, markRetentionMs: MS_MAX }));
      try {
        await append(origin, 1);
        const before = open();
        await catchUp(kafka, before);
        await append(origin, DAY_S);
        expect((await catchUp(kafka, open())).heartbeats).toBeLessThanOrEqual(INVALIDATION_PARTITIONS);
        const { heartbeats } = await catchUp(kafka, before);
        expect([heartbeats > INVALIDATION_PARTITIONS, heartbeats < STEPS_MAX]).toEqual([true, true]);
      } finally {
        await origin.close();
      }
    }));
});
