/** Kafka for tests: logs over topics of their own on one broker, and a plain client to do what ours never would. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import kafkajs, { type Admin, type Producer } from 'kafkajs';
import { expect } from 'vitest';
import { sleep, systemClock } from '../../runtime/clock.ts';
import { type Logger, silentLogger } from '../../runtime/log.ts';
import { Link } from '../../runtime/testing/link.ts';
import { docker } from '../../runtime/testing/servers.ts';
import { KafkaLog, type KafkaLogOptions } from '../kafka.ts';
import type { LogRecord, LogSubscription, PartitionBounds } from '../log.ts';

export const DEADLINE_MS = 40_000;
/** Longer than any fetch under way takes to come back, and than the pause before a commit. */
export const QUIET_MS = 1_000;

export interface KafkaUnderTest {
  readonly topic: string;
  readonly group: string;
  readonly open: (options?: Partial<KafkaLogOptions>) => KafkaLog;
}

/** Names nobody else uses; every log opened is closed. */
export async function withKafka(brokers: string, use: (kafka: KafkaUnderTest) => Promise<void>): Promise<void> {
  const name = randomUUID();
  const logs: KafkaLog[] = [];
  try {
    await use({
      topic: `test-${name}`,
      group: `cache-invalidation-${name}`,
      open: (options = {}) => {
        const log = KafkaLog.open({
          brokers: brokers.split(','),
          clientId: 'test',
          clock: systemClock,
          logger: silentLogger,
          topic: `test-${name}`,
          createTopic: true,
          ...options,
        });
        logs.push(log);
        return log;
      },
    });
  } finally {
    await Promise.all(logs.map((log) => log.close()));
  }
}

export async function until(condition: () => boolean | Promise<boolean>, what = String(condition)): Promise<void> {
  await expect.poll(condition, { message: what, interval: 20, timeout: DEADLINE_MS }).toBe(true);
}

export function quiet(): Promise<void> {
  return sleep(systemClock, QUIET_MS);
}

export interface PlainClient {
  readonly admin: Admin;
  readonly producer: Producer;
  readonly transactional: Producer;
}

/** kafkajs as it comes. */
export async function withPlainClient<T>(brokers: string, use: (plain: PlainClient) => Promise<T>): Promise<T> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), clientId: 'plain', logLevel: kafkajs.logLevel.NOTHING });
  const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
  const [admin, producer] = [kafka.admin(), kafka.producer({ createPartitioner })];
  const transactional = kafka.producer({ createPartitioner, transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
  try {
    await admin.connect();
    await producer.connect();
    await transactional.connect();
    return await use({ admin, producer, transactional });
  } finally {
    await Promise.all([admin, producer, transactional].map((part) => part.disconnect()));
  }
}

/** A subscriber that notes what it is given and answers where it came to, as an edge does. */
export class Reader {
  readonly records: LogRecord[] = [];
  readonly assignments: (readonly PartitionBounds[])[] = [];
  onRecords: (records: readonly LogRecord[]) => void = () => {};

  async subscribeTo(log: KafkaLog, group: string): Promise<LogSubscription> {
    return log.subscribe({
      group,
      onAssigned: async (bounds) => {
        this.assignments.push(bounds);
        return new Map(bounds.map((each) => [each.partition, this.#from(each)]));
      },
      onRecords: (_partition, records) => {
        this.records.push(...records);
        this.onRecords(records);
      },
    });
  }

  get values(): Set<string> {
    return new Set(this.records.map(({ value }) => value));
  }

  #from({ partition, start, end }: PartitionBounds): number {
    const next = (this.records.findLast((record) => record.partition === partition)?.offset ?? start - 1) + 1;
    return next < start || next > end ? start : next;
  }
}

/** Notes every line, for tests that ask whether something was said. */
export function notingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  return { lines, debug: note, info: note, warn: note, error: note };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const FRESH_BROKER = {
  CLUSTER_ID: 'ZWRnZXN5bmMtbGFiLTAwMQ',
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'OUT',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,OUT:PLAINTEXT,LINK:PLAINTEXT',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_HEAP_OPTS: '-Xmx300m -XX:+UseSerialGC',
} as const;

/** Deletes the topic and makes it again with these messages in it. */
export async function makeAnew(
  { admin, producer }: PlainClient,
  { topic, messages }: { readonly topic: string; readonly messages: readonly { readonly key: string; readonly value: string }[] },
): Promise<void> {
  await admin.deleteTopics({ topics: [topic] });
  const succeeds = (work: Promise<unknown>) =>
    work.then(
      () => true,
      () => false,
    );
  // The old one may still be going; an origin may be first, which is as good.
  await until(() => succeeds(admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false })));
  await until(() => succeeds(admin.fetchTopicOffsets(topic)));
  await producer.send({ topic, messages: [...messages] });
}

export interface FreshBroker {
  /** Straight to it. */
  readonly brokers: string;
  /** Through a link that can be cut, also after the first answer: this listener advertises the link. */
  readonly linked: string;
  readonly link: Link;
  readonly start: () => Promise<void>;
}

/** A broker of the image and on the network of `like`, empty, not yet started; removed afterwards. */
export async function withFreshBroker(like: string, use: (broker: FreshBroker) => Promise<void>): Promise<void> {
  const [image = '', network = ''] = (await docker('inspect', '--format', '{{.Config.Image}} {{.HostConfig.NetworkMode}}', like))
    .trim()
    .split(' ');
  const [port, linkedPort, name] = [await freePort(), await freePort(), `edgesync-test-${randomUUID()}`];
  const link = await Link.open(() => linkedPort);
  const listeners = {
    KAFKA_LISTENERS: `CONTROLLER://:9093,OUT://:${port},LINK://:${linkedPort}`,
    KAFKA_ADVERTISED_LISTENERS: `OUT://127.0.0.1:${port},LINK://127.0.0.1:${link.port}`,
  };
  const environment = Object.entries({ ...FRESH_BROKER, ...listeners }).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const ports = [port, linkedPort].flatMap((each) => ['-p', `127.0.0.1:${each}:${each}`]);
  await docker('create', '--name', name, '--network', network, ...ports, ...environment, image);
  try {
    const start = async () => void (await docker('start', name));
    await use({ brokers: `127.0.0.1:${port}`, linked: `127.0.0.1:${link.port}`, link, start });
  } finally {
    await docker('rm', '--force', '--volumes', name);
    await link.close();
  }
}
