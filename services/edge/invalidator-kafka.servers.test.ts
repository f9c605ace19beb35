/** The counterexamples of the review that are about the log, by their names, with Kafka as the log. */
import { describe, expect, inject, test } from 'vitest';
import type { KafkaLog } from '../log/kafka.ts';
import type { LogMessage } from '../log/log.ts';
import { type KafkaUnderTest, makeAnew, until, withKafka, withPlainClient } from '../log/testing/kafka.ts';
import { contentKey } from '../protocol/content.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { Invalidator } from './invalidator.ts';
import { EdgeMeter } from './metrics.ts';
import { EdgeSettings } from './settings.ts';
import { contentOf, entryOf, FaultyCache, writeOf } from './testing/kit.ts';

const servers = inject('servers');
const BROKERS = servers?.kafkaBrokers ?? '';
const IDS = [1, 2, 3, 4, 5, 6, 7, 8];
const RETENTION_MS = 3_600_000;

/** A region: its cache outlives its edges. */
class Region {
  readonly server = new MemoryCacheServer({ clock: systemClock, random: systemRandom, markRetentionMs: RETENTION_MS });
  readonly cache = new FaultyCache(new MemoryCache(this.server));
  readonly origin: KafkaLog;
  readonly #kafka: KafkaUnderTest;
  #edge: { readonly invalidator: Invalidator; readonly log: KafkaLog } | undefined;

  constructor(kafka: KafkaUnderTest) {
    this.#kafka = kafka;
    this.origin = kafka.open();
  }

  get invalidator(): Invalidator {
    if (this.#edge === undefined) throw new Error('expected an edge that was started');
    return this.#edge.invalidator;
  }

  /** The edge is there; it has not joined the log yet. */
  startEdge(): Promise<void> {
    const log = this.#kafka.open({ createTopic: false });
    const settings = new EdgeSettings({ propagationDelayMs: 0, strategy: 'eager' });
    const meter = new EdgeMeter(systemClock);
    const region = this.#kafka.group.replace('cache-invalidation-', '');
    const shared = { region, cache: this.cache, settings, meter, clock: systemClock, logger: silentLogger };
    const invalidator = new Invalidator({ ...shared, group: this.#kafka.group, log });
    this.#edge = { invalidator, log };
    return invalidator.start();
  }

  async stopEdge(): Promise<void> {
    await this.#edge?.invalidator.close();
    await this.#edge?.log.close();
  }

  async store(id: number, version = 1): Promise<string> {
    const key = contentKey(id);
    return this.cache.fill(key, entryOf(contentOf(id, version), systemClock.now()), await this.cache.lookup(key));
  }

  async states(): Promise<string[]> {
    return Promise.all(IDS.map(async (id) => (await this.cache.lookup(contentKey(id))).state));
  }

  /** Everything in the log has been applied, and the positions beside the data say so. */
  async untilApplied(log = this.origin): Promise<void> {
    const bounds = await log.bounds();
    await until(async () => {
      const positions = (await this.cache.takeUp()).positions;
      return bounds.every(({ partition, start, end }) => start === end || positions.get(partition)?.offset === end - 1);
    }, 'everything is applied');
    await until(() => !this.invalidator.catchingUp(), 'caught up');
  }
}

function withRegion(use: (region: Region, kafka: KafkaUnderTest) => Promise<void>): Promise<void> {
  return withKafka(BROKERS, async (kafka) => {
    const region = new Region(kafka);
    await region.origin.bounds();
    try {
      await use(region, kafka);
    } finally {
      await region.stopEdge();
    }
  });
}

const writes = (version: number, ids: readonly number[] = IDS): LogMessage[] => ids.map((id) => writeOf(id, version));

function replaceTopic(topic: string, messages: readonly LogMessage[]): Promise<void> {
  return withPlainClient(BROKERS, (plain) => makeAnew(plain, { topic, messages: messages.map(({ key, value }) => ({ key, value })) }));
}

describe.skipIf(servers === undefined)('from Kafka to the cache', () => {
  test('V2: a command of a pipeline that fails lets none pass it: the stored offset is taken up again', () =>
    withRegion(async (region) => {
      await region.startEdge();
      for (const id of IDS) await region.store(id);
      let failures = 0;
      region.cache.failing = (batch) => {
        failures += 1;
        return failures <= 3 && batch.length > 0 ? [0] : [];
      };
      await region.origin.append(writes(2));
      await region.untilApplied();
      expect(failures).toBeGreaterThan(1);
      expect(new Set(await region.states())).toEqual(new Set(['invalid']));
    }));

  test('V3: a cache that comes back empty has everything applied again, whatever was committed', () =>
    withRegion(async (region) => {
      await region.startEdge();
      await region.origin.append(writes(2));
      await region.untilApplied();
      region.server.restart();
      for (const id of IDS) await region.store(id);
      await region.untilApplied();
      expect(new Set(await region.states())).toEqual(new Set(['invalid']));
    }));

  test('the offset stored beside the data is the truth: a group committed to the end skips nothing', () =>
    withRegion(async (region, { topic, group }) => {
      await region.startEdge();
      await region.origin.append(writes(2));
      await region.untilApplied();
      await region.stopEdge();
      await region.origin.append(writes(3));
      await withPlainClient(BROKERS, async ({ admin }) => {
        const ends = await admin.fetchTopicOffsets(topic);
        await admin.setOffsets({ groupId: group, topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
      });
      for (const id of IDS) await region.store(id, 2);
      await region.startEdge();
      await region.untilApplied();
      expect(new Set(await region.states())).toEqual(new Set(['invalid']));
    }));

  test.each([
    ['shorter', writes(2, [1])],
    ['as long', writes(2)],
    ['longer', [...writes(2), ...writes(3)]],
  ] as const)(
    'V6: a topic made anew under a running edge, %s: all is invalid, and nothing of the new one is skipped',
    (_length, messages) =>
      withRegion(async (region, { topic }) => {
        await region.startEdge();
        await region.origin.append(writes(9));
        await region.untilApplied();
        for (const id of IDS) expect(await region.store(id, 9)).toBe('stored');
        await replaceTopic(topic, messages);
        await until(async () => (await region.states()).every((state) => state === 'invalid'), 'everything is invalid');
        await region.untilApplied();
        const written = new Set(messages.map(({ key }) => key));
        for (const id of IDS.filter((each) => written.has(contentKey(each)))) expect(await region.store(id, 1)).toBe('below-hard-minimum');
      }),
  );

  test('V6: a topic made anew while no edge runs is noticed at the next start', () =>
    withRegion(async (region, { topic }) => {
      await region.startEdge();
      await region.origin.append(writes(2));
      await region.untilApplied();
      for (const id of IDS) await region.store(id, 2);
      await region.stopEdge();
      await replaceTopic(topic, [...writes(3), ...writes(4)]);
      await region.startEdge();
      await region.untilApplied();
      expect(new Set(await region.states())).toEqual(new Set(['invalid']));
    }));

  test('V11: a restarted edge is catching up until it has joined and applied what was in the log', () =>
    withRegion(async (region) => {
      await region.startEdge();
      await region.origin.append(writes(2));
      await region.untilApplied();
      for (const id of IDS) await region.store(id, 2);
      await region.stopEdge();
      await region.origin.append(writes(3));
      const joined = region.startEdge();
      expect(region.invalidator.catchingUp()).toBe(true);
      const freshWhileCaughtUp: string[] = [];
      await until(async () => {
        const isCatchingUp = region.invalidator.catchingUp();
        const states = await region.states();
        if (!isCatchingUp) freshWhileCaughtUp.push(...states.filter((state) => state === 'fresh'));
        return !isCatchingUp;
      });
      await joined;
      expect(freshWhileCaughtUp).toEqual([]);
      expect(new Set(await region.states())).toEqual(new Set(['invalid']));
    }));
});
