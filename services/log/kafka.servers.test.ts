/** The shared contract of a log, kept by Kafka. */
import { describe, inject } from 'vitest';
import { describeLogContract } from './testing/contract.ts';
import { quiet, until, withKafka, withPlainClient } from './testing/kafka.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('with Kafka', () => {
  const brokers = servers?.kafkaBrokers ?? '';
  describeLogContract('KafkaLog', (use) =>
    withKafka(brokers, ({ open, topic }) => {
      const dropBelow = (partition: number, offset: number) =>
        withPlainClient(brokers, async ({ admin }) => {
          // Loads what kafkajs has to know of the topic, and does not ask for itself.
          await admin.fetchTopicOffsets(topic);
          await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
        });
      return use({ log: open(), until, quiet, dropBelow });
    }),
  );
});
