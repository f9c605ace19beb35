/** What may happen to the topic and its records while a log is read, against Kafka itself. */
import { describe, expect, inject, test } from 'vitest';
import type { LogMessage } from './log.ts';
import { type KafkaUnderTest, makeAnew, Reader, until, withKafka, withPlainClient } from './testing/kafka.ts';

const servers = inject('servers');
const BROKERS = servers?.kafkaBrokers ?? '';
const LONG = 1_000_000;

const withTopic = (use: (kafka: KafkaUnderTest) => Promise<void>) => withKafka(BROKERS, use);

function messages(count: number, from = 0): LogMessage[] {
  return Array.from({ length: count }, (_, at) => ({ key: 'content:1', value: `v${from + at}`, headers: {} }));
}

describe.skipIf(servers === undefined)('the topic of a Kafka log', () => {
  test('is made with three partitions, a day of retention, the log’s own time and no compression', () =>
    withTopic(async ({ open, topic }) => {
      expect(await open().bounds()).toEqual([0, 1, 2].map((partition) => ({ partition, start: 0, end: 0 })));
      await withPlainClient(BROKERS, async ({ admin }) => {
        const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: 2, name: topic }] });
        const config = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
        expect(
          Object.fromEntries(['retention.ms', 'message.timestamp.type', 'compression.type'].map((key) => [key, config.get(key)])),
        ).toEqual({
          'retention.ms': '86400000',
          'message.timestamp.type': 'LogAppendTime',
          'compression.type': 'uncompressed',
        });
      });
    }));

  test('is not made by a reader, who joins when somebody has made it', () =>
    withTopic(async ({ open, topic, group }) => {
      const log = open({ createTopic: false });
      const reader = new Reader();
      const subscribed = reader.subscribeTo(log, group);
      // It has tried and failed by then.
      await expect(log.bounds()).rejects.toThrow(topic);
      await withPlainClient(BROKERS, async ({ admin }) => expect(await admin.listTopics()).not.toContain(topic));
      await open().append(messages(2));
      await subscribed;
      await until(() => reader.values.size === 2);
    }));

  test('made anew and shorter is noticed though nothing is written to it', () =>
    withTopic(async ({ open, topic, group }) => {
      const [origin, reader] = [open(), new Reader()];
      await origin.append(messages(5));
      await reader.subscribeTo(open({ createTopic: false }), group);
      await until(() => reader.values.size === 5);
      const before = reader.assignments.length;
      await withPlainClient(BROKERS, ({ admin }) => admin.deleteTopics({ topics: [topic] }));
      await until(
        () => reader.assignments.slice(before).some((bounds) => bounds.every(({ end }) => end === 0)),
        'assigned the empty topic',
      );
    }));

  test('made anew and as long as before is noticed', () =>
    withTopic(async ({ open, topic, group }) => {
      const [origin, reader] = [open(), new Reader()];
      await origin.append(messages(5));
      await reader.subscribeTo(open({ createTopic: false }), group);
      await until(() => reader.values.size === 5);
      const before = reader.assignments.length;
      await withPlainClient(BROKERS, (plain) =>
        makeAnew(plain, { topic, messages: messages(5).map(({ key, value }) => ({ key, value })) }),
      );
      await until(() => reader.assignments.length > before);
    }));

  test('that dropped what was not read yet is noticed while its partition is paused', () =>
    withPausedBehind(async ({ reader, partition, drop }) => {
      const before = reader.assignments.length;
      await drop();
      await until(() =>
        reader.assignments
          .slice(before)
          .flat()
          .some((bounds) => bounds.partition === partition && bounds.start === 12),
      );
    }));

  test('that dropped what was not read yet is noticed before anything behind the gap is delivered', () =>
    withPausedBehind(async ({ reader, partition, drop, resume }) => {
      const before = reader.assignments.length;
      await drop();
      resume();
      await until(() => reader.values.has('v14'));
      expect(reader.assignments.slice(before).flat()).toContainEqual({ partition, start: 12, end: 15 });
      expect([...reader.values].slice(5)).toEqual(['v12', 'v13', 'v14']);
    }));
});

interface PausedBehind {
  readonly reader: Reader;
  readonly partition: number;
  /** The log lets go of all below offset 12. */
  readonly drop: () => Promise<void>;
  readonly resume: () => void;
}

/** A reader that has read offsets 0 to 4 of its partition and is paused before 5 to 14. */
function withPausedBehind(use: (paused: PausedBehind) => Promise<void>): Promise<void> {
  return withTopic(async ({ open, topic, group }) => {
    const [log, reader] = [open(), new Reader()];
    await log.append(messages(5));
    const subscription = await reader.subscribeTo(log, group);
    await until(() => reader.values.size === 5);
    const partition = reader.records[0]?.partition ?? -1;
    subscription.pause(partition);
    await log.append(messages(10, 5));
    await withPlainClient(BROKERS, async ({ admin }) => {
      // Loads what the call to drop needs to know.
      await admin.fetchTopicOffsets(topic);
      const drop = () => admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '12' }] });
      await use({ reader, partition, drop, resume: () => subscription.resume(partition) });
    });
  });
}

describe.skipIf(servers === undefined)('the records of a Kafka log', () => {
  test('come through whatever they are, and stop nothing', () =>
    withTopic(async ({ open, topic, group }) => {
      const [log, reader] = [open(), new Reader()];
      await log.bounds();
      await reader.subscribeTo(log, group);
      await withPlainClient(BROKERS, async ({ producer }) => {
        const poison = [
          { key: 'a', value: 'not JSON' },
          { key: 'b', value: '{"type":"nobody knows"}' },
          { key: 'c', value: null },
          { key: null, value: 'no key' },
          { key: Buffer.from([0xff, 0xfe]), value: Buffer.from([0x00, 0xc3, 0x28, 0xff]) },
          { key: 'k'.repeat(LONG), value: 'long key', partition: 0 },
          { key: 'd', value: '' },
        ];
        for (const message of poison) await producer.send({ topic, messages: [message] });
      });
      await log.append(messages(1));
      await until(() => reader.records.length === 8);
      expect(reader.values).toEqual(
        new Set(['not JSON', '{"type":"nobody knows"}', '', 'no key', '\u0000\ufffd(\ufffd', 'long key', 'v0']),
      );
      expect(new Set(reader.records.map(({ key }) => (key.length < LONG ? key : 'long')))).toEqual(
        new Set(['a', 'b', 'c', '', '\ufffd\ufffd', 'long', 'd', 'content:1']),
      );
    }));

  test('an aborted transaction leaves offsets without a record, which stops nothing', () =>
    withTopic(async ({ open, topic, group }) => {
      const [log, reader] = [open(), new Reader()];
      await log.append(messages(1));
      await reader.subscribeTo(log, group);
      await withPlainClient(BROKERS, async ({ transactional }) => {
        for (const end of ['abort', 'commit'] as const) {
          const transaction = await transactional.transaction();
          await transaction.send({ topic, messages: [{ key: 'content:1', value: end }] });
          await transaction[end]();
        }
      });
      await log.append(messages(1, 1));
      await until(() => reader.values.has('v1'));
      // Two markers, and what was taken back: three offsets of six are nobody's.
      expect(reader.records.map(({ value }) => value).sort()).toEqual(['commit', 'v0', 'v1']);
      expect(reader.assignments).toHaveLength(1);
    }));

  test('of a batch whose subscriber threw come again', () =>
    withTopic(async ({ open, group }) => {
      const [log, reader] = [open(), new Reader()];
      let thrown = 0;
      reader.onRecords = (records) => {
        if (thrown === 2 || !records.some(({ value }) => value === 'v1')) return;
        thrown += 1;
        reader.records.splice(-records.length);
        throw new TypeError('the subscriber is broken');
      };
      await reader.subscribeTo(log, group);
      for (let at = 0; at < 4; at += 1) await log.append(messages(1, at));
      await until(() => reader.values.size === 4);
      expect(reader.records.map(({ value }) => value)).toEqual(['v0', 'v1', 'v2', 'v3']);
      expect(thrown).toBe(2);
    }));

  test('come once and in order to a subscriber that pauses and resumes all the time', () =>
    withTopic(async ({ open, group }) => {
      const [log, reader] = [open(), new Reader()];
      const subscription = await reader.subscribeTo(log, group);
      let pauses = 0;
      reader.onRecords = (records) => {
        const partition = records[0]?.partition ?? -1;
        subscription.pause(partition);
        pauses += 1;
        setTimeout(() => subscription.resume(partition), 5);
      };
      const sent = messages(400);
      for (let at = 0; at < sent.length; at += 20) await log.append(sent.slice(at, at + 20));
      await until(() => reader.values.size === sent.length);
      expect(reader.records.map(({ value }) => value)).toEqual(sent.map(({ value }) => value));
      expect(pauses).toBeGreaterThan(1);
    }));
});
