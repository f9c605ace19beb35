/** A consumer that is stuck in a way it does not know of. */
import { describe, expect, inject, test } from 'vitest';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { KafkaClient } from './kafka/client.ts';
import { RenewedClient } from './kafka/renewed-client.ts';
import { SupervisedSubscription } from './kafka/supervised-subscription.ts';
import { Topic } from './kafka/topic.ts';
import type { PartitionBounds } from './log.ts';
import { until, withKafka } from './testing/kafka.ts';

const servers = inject('servers');
const STUCK_MS = 11_000;

describe.skipIf(servers === undefined)('a consumer of Kafka', () => {
  test('that reads nothing for ten seconds though records are there is replaced, one that goes on or has nothing to read is not', () =>
    withKafka(servers?.kafkaBrokers ?? '', async ({ open, topic: name, group }) => {
      await open().bounds();
      let aheadMs = 0;
      const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
      const options = { brokers: (servers?.kafkaBrokers ?? '').split(','), clientId: 'test', logger: silentLogger };
      let clients = 0;
      const createClient = () => {
        clients += 1;
        return new KafkaClient(options);
      };
      const admin = new RenewedClient({
        createClient: () => new KafkaClient(options),
        create: (client) => client.admin(),
        clock,
        onAnswer: () => {},
      });
      const topic = new Topic({ admin, name, clock });
      const subscriber = { group, onAssigned: async () => new Map<number, number>(), onRecords: () => {} };
      const subscription = new SupervisedSubscription({ createClient, topic, subscriber, clock, logger: silentLogger, onClosed: () => {} });
      try {
        await subscription.assigned;
        // Time passes for the check alone: the supervisor's own watch shall not end the consumer first.
        const check = (bounds: readonly PartitionBounds[], atMs: number) => {
          aheadMs = atMs;
          subscription.check(subscription.beginCheck(), bounds);
          aheadMs = 0;
        };
        const empty = await topic.bounds();
        // As if the log held a record that no fetch brings.
        const unread = empty.map((bounds) => ({ ...bounds, end: bounds.end + 1 }));
        // The first group of a fresh broker may need more than one to be joined.
        const joined = clients;
        for (const [at, bounds] of [empty, unread, empty, unread].entries()) check(bounds, (at * STUCK_MS) / 2);
        expect(clients).toBe(joined);
        check(unread, 10 * STUCK_MS);
        await until(() => clients === joined + 1);
      } finally {
        await subscription.close();
        await topic.close();
      }
    }));
});
