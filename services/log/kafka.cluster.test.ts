/** The shared contract of a log, kept by Kafka. */
import { describe } from 'vitest';
import { testServers } from '../runtime/servers-test-support.ts';
import { describeLogContract } from './contract.ts';
import { quiet, until, withKafka } from './kafka-test-support.ts';

const servers = testServers();

describe.skipIf(servers === undefined)('with Kafka', () => {
  describeLogContract('KafkaLog', (use) => withKafka(servers?.kafkaBrokers ?? '', ({ open }) => use({ log: open(), until, quiet })));
});
