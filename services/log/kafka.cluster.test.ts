/** The shared contract of a log, kept by Kafka. */
import { describe, inject } from 'vitest';
import { describeLogContract } from './contract.ts';
import { quiet, until, withKafka } from './kafka-test-support.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('with Kafka', () => {
  describeLogContract('KafkaLog', (use) => withKafka(servers?.kafkaBrokers ?? '', ({ open }) => use({ log: open(), until, quiet })));
});
