/** The topic: where it begins and ends, and its making (by the origin only). */
import { INVALIDATION_PARTITIONS, INVALIDATION_RETENTION_MS } from '../../protocol/invalidation.ts';
import { type Clock, sleep } from '../../runtime/clock.ts';
import type { PartitionBounds } from '../log.ts';
import type { Admin } from './client.ts';
import type { RenewedClient } from './renewed-client.ts';

const BOUNDS_MS_MAX = 4_000;
const CREATE_MS_MAX = 5_000;
const CREATE_ATTEMPTS_MAX = 2;
const CREATE_WAIT_MS_MAX = 3_000;
const THERE_ATTEMPTS_MAX = 50;
const THERE_PAUSE_MS = 100;

const TOPIC_CONFIG = [
  { name: 'retention.ms', value: String(INVALIDATION_RETENTION_MS) },
  { name: 'cleanup.policy', value: 'delete' },
  // The log's own time, not the producer's: it decides when an invalidation is due.
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  // kafkajs reads gzip only: a record compressed otherwise, by whomever, would stop it for ever.
  { name: 'compression.type', value: 'uncompressed' },
];

export interface TopicOptions {
  readonly admin: RenewedClient<Admin>;
  readonly name: string;
  readonly clock: Clock;
}

export class Topic {
  readonly #admin: RenewedClient<Admin>;
  readonly #clock: Clock;
  readonly name: string;

  constructor({ admin, name, clock }: TopicOptions) {
    this.#admin = admin;
    this.name = name;
    this.#clock = clock;
  }

  /** By partition, ascending. Throws LogUnavailable. */
  async bounds(): Promise<readonly PartitionBounds[]> {
    const offsets = await this.#admin.use({ what: `asking for the offsets of ${this.name}`, ms: BOUNDS_MS_MAX }, (admin) =>
      admin.fetchTopicOffsets(this.name),
    );
    return offsets
      .map(({ partition, low, high }) => ({ partition, start: Number(low), end: Number(high) }))
      .sort((one, other) => one.partition - other.partition);
  }

  /**
   * Per partition the first offset whose record is later than `timeMs`; its end when there is none. Throws
   * LogUnavailable.
   */
  async firstAfter(timeMs: number): Promise<ReadonlyMap<number, number>> {
    const offsets = await this.#admin.use({ what: `asking ${this.name} for what is later`, ms: BOUNDS_MS_MAX }, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(this.name, timeMs + 1),
    );
    return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  /**
   * Makes it unless it is there; it can be asked for its bounds when this resolves. A request that hangs takes its
   * admin with it and is made once more by another: a first topic must not wait for whoever asks next. Throws
   * LogUnavailable.
   */
  async create(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#createOnce();
      } catch (error) {
        if (attempt === CREATE_ATTEMPTS_MAX) throw error;
      }
    }
  }

  async #createOnce(): Promise<void> {
    await this.#admin.use({ what: `making the topic ${this.name}`, ms: CREATE_MS_MAX }, async (admin) => {
      // Asked first: kafkajs calls a topic that exists an error, and says so.
      if ((await admin.listTopics()).includes(this.name)) return;
      const topic = { topic: this.name, numPartitions: INVALIDATION_PARTITIONS, configEntries: TOPIC_CONFIG };
      await admin.createTopics({ topics: [topic], timeout: CREATE_WAIT_MS_MAX, waitForLeaders: false });
      await this.#untilThere(admin);
    });
  }

  /** The broker names a topic before it serves it; kafkajs's own wait takes that for an error. */
  async #untilThere(admin: Admin): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await admin.fetchTopicOffsets(this.name);
        return;
      } catch (error) {
        if (attempt === THERE_ATTEMPTS_MAX) throw error;
        await sleep(this.#clock, THERE_PAUSE_MS);
      }
    }
  }

  close(): Promise<void> {
    return this.#admin.close();
  }
}
