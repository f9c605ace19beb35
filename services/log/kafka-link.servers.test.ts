/** A link to Kafka that is cut while everything on both of its ends goes on: what the supervisor makes of it. */
import { describe, expect, inject, test } from 'vitest';
import { SESSION_MS } from './kafka/client.ts';
import type { KafkaLog } from './kafka.ts';
import { type LogMessage, LogUnavailable } from './log.ts';
import {
  type FreshBroker,
  type KafkaUnderTest,
  makeAnew,
  Reader,
  until,
  withFreshBroker,
  withKafka,
  withPlainClient,
} from './testing/kafka.ts';

const servers = inject('servers');
const REFUSED_MS_MAX = 7_000;

interface Linked extends Omit<KafkaUnderTest, 'open'> {
  readonly broker: FreshBroker;
  readonly origin: KafkaLog;
  /** Its only way to Kafka is the link. */
  readonly edge: KafkaLog;
}

function withLinked(use: (linked: Linked) => Promise<void>): Promise<void> {
  return withFreshBroker(servers?.kafkaContainer ?? '', async (broker) => {
    await broker.start();
    await withKafka(broker.brokers, async ({ open, topic, group }) => {
      const origin = open();
      await until(() => appends(origin, 'v0'));
      await use({ broker, origin, edge: open({ brokers: [broker.linked], createTopic: false }), topic, group });
    });
  });
}

function message(value: string): LogMessage {
  return { key: 'content:1', value, headers: {} };
}

function appends(log: KafkaLog, value: string): Promise<boolean> {
  return log.append([message(value)]).then(
    () => true,
    () => false,
  );
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

describe.skipIf(servers === undefined)('a link to Kafka', () => {
  test('cut, each way and both, is noticed, and when it heals everything comes, in order', () =>
    withLinked(async ({ broker, origin, edge, group }) => {
      const reader = new Reader();
      await reader.subscribeTo(edge, group);
      let written = 0;
      for (const way of ['both', 'there', 'back'] as const) {
        await until(() => reader.values.has(`v${written}`));
        broker.link.cut(way);
        for (let more = 0; more < 5; more += 1) {
          written += 1;
          await origin.append([message(`v${written}`)]);
        }
        await until(() => !edge.connected());
        broker.link.heal();
        await until(() => reader.values.has(`v${written}`));
        await until(() => edge.connected());
      }
      expect([...reader.values]).toEqual(Array.from({ length: written + 1 }, (_, at) => `v${at}`));
    }));

  test('cut for less than a session while the topic is made anew and as long: noticed', () =>
    withLinked(async ({ broker, edge, topic, group }) => {
      const reader = new Reader();
      await reader.subscribeTo(edge, group);
      await until(() => reader.values.has('v0'));
      const before = reader.assignments.length;
      await withPlainClient(broker.brokers, async (plain) => {
        const cutMs = await timed(
          (async () => {
            broker.link.cut();
            await makeAnew(plain, { topic, messages: [{ key: 'content:1', value: 'new' }] });
            broker.link.heal();
          })(),
        );
        expect(cutMs).toBeLessThan(SESSION_MS);
      });
      await until(() => reader.assignments.length > before);
    }));

  test('cut between origin and Kafka refuses appends within their bound, and takes them again when it heals', () =>
    withLinked(async ({ broker, edge, origin, group }) => {
      const reader = new Reader();
      await reader.subscribeTo(origin, group);
      await edge.append([message('before')]);
      broker.link.cut('back');
      expect(await timed(expect(edge.append([message('cut')])).rejects.toBeInstanceOf(LogUnavailable))).toBeLessThan(REFUSED_MS_MAX);
      broker.link.heal();
      await until(() => appends(edge, 'after'));
      await until(() => reader.values.has('after'));
    }));
});
