/**
 * The watch over a consumer that goes on with some partitions and is stuck with another: in virtual time, with a
 * kafkajs that is told what to do.
 */
import type { Consumer, ConsumerRunConfig, KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../runtime/log.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { PartitionBounds } from '../log.ts';
import { type Admin, KafkaClient } from './client.ts';
import { RenewedClient } from './renewed-client.ts';
import { SupervisedSubscription } from './supervised-subscription.ts';
import { Topic } from './topic.ts';

const TOPIC = 'test';
const LOOK_EVERY_MS = 1_000;
const UNREAD_MS_MAX = 10_000;
/** As many as the log holds in each partition. */
const END = 500;
const BOUNDS: readonly PartitionBounds[] = [0, 1, 2].map((partition) => ({ partition, start: 0, end: END }));

type Listener = (event: unknown) => void;

/** kafkajs's consumer with nothing behind it: it is assigned all partitions, and hands over what a test says. */
class ToldClient extends KafkaClient {
  readonly #listeners = new Map<string, Listener>();
  #run: ConsumerRunConfig = {};

  override consumer(group: string): Consumer {
    const consumer = super.consumer(group);
    const nothing = async () => {};
    const on = (name: string, listener: Listener) => {
      this.#listeners.set(name, listener);
      return () => {};
    };
    const run = async (config: ConsumerRunConfig = {}) => {
      this.#run = config;
      this.#listeners.get(consumer.events.GROUP_JOIN)?.({ payload: { memberAssignment: { [TOPIC]: [0, 1, 2] } } });
    };
    const resume = () => {};
    return Object.assign(consumer, { connect: nothing, subscribe: nothing, disconnect: nothing, run, on, seek() {}, pause() {}, resume });
  }

  override destroy(): void {}

  /** As a fetch that brings one record. */
  async hand(partition: number, offset: number): Promise<void> {
    this.#listeners.get('consumer.fetch')?.({});
    const at = String(offset);
    const message: KafkaMessage = { key: null, value: null, timestamp: '1', attributes: 0, offset: at, headers: {} };
    const batch = { topic: TOPIC, partition, highWatermark: at, messages: [message], isEmpty: () => false };
    const offsets = { firstOffset: () => at, lastOffset: () => at, offsetLag: () => '0', offsetLagLow: () => '0' };
    const nothing = async () => {};
    await this.#run.eachBatch?.({
      batch: { ...batch, ...offsets },
      resolveOffset() {},
      heartbeat: nothing,
      pause: () => () => {},
      commitOffsetsIfNecessary: nothing,
      uncommittedOffsets: () => ({ topics: [] }),
      isRunning: () => true,
      isStale: () => false,
    });
  }
}

class FullTopic extends Topic {
  override async bounds(): Promise<readonly PartitionBounds[]> {
    return BOUNDS;
  }
}

interface Rig {
  readonly subscription: SupervisedSubscription;
  readonly clients: readonly ToldClient[];
  /** For each second: the partitions of which a record comes, then the log's watch looks. */
  seconds(count: number, moving: readonly number[]): Promise<void>;
}

async function withSubscription(use: (rig: Rig) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const clients: ToldClient[] = [];
  const options = { brokers: ['127.0.0.1:1'], clientId: 'test', logger: silentLogger };
  const createClient = () => {
    const client = new ToldClient(options);
    clients.push(client);
    return client;
  };
  const admin = new RenewedClient<Admin>({ createClient, create: (client) => client.admin(), clock, onAnswer: () => {} });
  const topic = new FullTopic({ admin, name: TOPIC, clock });
  const subscriber = { group: 'test', onAssigned: async () => new Map<number, number>(), onRecords: () => {} };
  const subscription = new SupervisedSubscription({ createClient, topic, subscriber, clock, logger: silentLogger, onClosed: () => {} });
  await subscription.assigned;
  const seconds = async (count: number, moving: readonly number[]) => {
    for (let second = 0; second < count; second += 1) {
      await clock.advance(LOOK_EVERY_MS);
      const before = subscription.beginCheck();
      for (const partition of moving) await clients.at(-1)?.hand(partition, before?.next.get(partition) ?? 0);
      subscription.check(before, BOUNDS);
    }
  };
  await use({ subscription, clients, seconds });
  const closed = subscription.close();
  await clock.advance(UNREAD_MS_MAX);
  await closed;
}

describe('a consumer that reads nothing of a partition for ten seconds though records are there', () => {
  test('is replaced, however much it reads of the others', () =>
    withSubscription(async ({ clients, seconds }) => {
      await seconds(10, [1, 2]);
      expect(clients.length).toBe(1);
      await seconds(3, [1, 2]);
      expect(clients.length).toBe(2);
      // The next one has ten seconds of its own.
      await seconds(8, [1, 2]);
      expect(clients.length).toBe(2);
      await seconds(6, [1, 2]);
      expect(clients.length).toBe(3);
    }));

  test('is left alone while that partition is paused', () =>
    withSubscription(async ({ subscription, clients, seconds }) => {
      subscription.pause(0);
      await seconds(60, [1, 2]);
      expect(clients.length).toBe(1);
      subscription.resume(0);
      await seconds(9, [1, 2]);
      expect(clients.length).toBe(1);
      await seconds(4, [1, 2]);
      expect(clients.length).toBe(2);
    }));

  test('is left alone when each partition goes on now and then', () =>
    withSubscription(async ({ clients, seconds }) => {
      for (let round = 0; round < 4; round += 1) {
        for (const partition of [0, 1, 2]) await seconds(3, [partition]);
      }
      expect(clients.length).toBe(1);
    }));

  test('has ten seconds more where it is told to read that partition from elsewhere', () =>
    withSubscription(async ({ subscription, clients, seconds }) => {
      await seconds(9, [1, 2]);
      subscription.seek(0, 7);
      await seconds(9, [1, 2]);
      expect(clients.length).toBe(1);
      await seconds(5, [1, 2]);
      expect(clients.length).toBe(2);
    }));
});

describe('whether the log is the same', () => {
  const later = (offset: number) => new Map([[0, offset]]);

  test('is told by a check that begins after the question, once something was read', () =>
    withSubscription(async ({ subscription, seconds }) => {
      const told: boolean[] = [];
      const ask = () => void subscription.isSameLog().then((isSame) => told.push(isSame));
      await seconds(1, [0, 1, 2]);
      const under = subscription.beginCheck();
      ask();
      if (under === undefined) throw new Error('expected an open subscription');
      subscription.checkIdentity(under, later(END));
      await Promise.resolve();
      expect(told, 'it was under way').toEqual([]);
      const next = subscription.beginCheck();
      if (next === undefined) throw new Error('expected an open subscription');
      subscription.checkIdentity(next, later(END));
      await Promise.resolve();
      expect(told).toEqual([true]);
    }));

  test.each([
    [
      'the log is another one',
      (rig: Rig, noted: NonNullable<ReturnType<SupervisedSubscription['beginCheck']>>) => rig.subscription.checkIdentity(noted, later(0)),
    ],
    ['the log did not answer', (rig: Rig) => rig.subscription.endCheck(false)],
    [
      'the position was set meanwhile',
      (rig: Rig, noted: NonNullable<ReturnType<SupervisedSubscription['beginCheck']>>) => {
        rig.subscription.seek(0, 0);
        rig.subscription.checkIdentity(noted, later(END));
      },
    ],
    ['another check begins', (rig: Rig) => void rig.subscription.beginCheck()],
    ['it is closed', (rig: Rig) => void rig.subscription.close()],
  ] as const)('is not said where %s', (_title, end) =>
    withSubscription(async (rig) => {
      await rig.seconds(1, [0, 1, 2]);
      const asked = rig.subscription.isSameLog();
      const noted = rig.subscription.beginCheck();
      if (noted === undefined) throw new Error('expected an open subscription');
      end(rig, noted);
      expect(await asked).toBe(false);
    }),
  );
});
