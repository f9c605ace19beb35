/**
 * Keeps a consumer running: whenever one has stopped, for whatever reason, it is thrown away and a new one is made.
 *
 * kafkajs stops for ever on a coordinator that is not found (the first boot of an empty cluster), on a topic that is
 * not there, on a crash it calls not retriable; and it may hang in a join or a disconnect. So a life ends with a crash,
 * when nothing has moved for a while (`STILL_MS_MAX`), when a partition has records and none of them is read
 * (`restart`, called by the log's watch), or when the subscription closes. Between two lives: a pause that doubles up
 * to a second.
 */
import { type Clock, sleep } from '../../runtime/clock.ts';
import { within } from '../../runtime/deadline.ts';
import type { Logger } from '../../runtime/log.ts';
import { type Consumer, type KafkaClient, SESSION_MS } from './client.ts';
import type { KafkaSubscription } from './subscription.ts';

export interface SupervisorOptions {
  readonly createClient: () => KafkaClient;
  readonly topic: string;
  readonly group: string;
  readonly subscription: KafkaSubscription;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A join waits for members that are gone until their session ends. */
const STILL_MS_MAX = SESSION_MS + 3_000;
const LOOK_EVERY_MS = 1_000;
const BACKOFF_MS_MIN = 100;
const BACKOFF_MS_MAX = 1_000;
/** What a life must last for the next to begin without much ado. */
const LIVED_MS = 5_000;
const LEAVE_MS_MAX = 2_500;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #closing = new AbortController();
  #endLife: (reason: string) => void = () => {};
  readonly #stopped: Promise<void>;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#stopped = this.#run();
  }

  restart(reason: string): void {
    this.#endLife(reason);
  }

  /** Leaves the group; bounded, also while Kafka hangs. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#endLife('closing');
    await this.#stopped;
  }

  async #run(): Promise<void> {
    const { clock, logger, group, subscription } = this.#options;
    let backoffMs = BACKOFF_MS_MIN;
    while (!this.#closing.signal.aborted) {
      const begunMs = clock.monotonicMs();
      const reason = await this.#live();
      subscription.left();
      if (this.#closing.signal.aborted) return;
      backoffMs = clock.monotonicMs() - begunMs > LIVED_MS ? BACKOFF_MS_MIN : Math.min(BACKOFF_MS_MAX, backoffMs * 2);
      logger.warn({ group, reason, backoffMs }, 'the consumer has stopped, making a new one');
      await sleep(clock, backoffMs, this.#closing.signal);
    }
  }

  /** From a new client to its end; answers why it ended. */
  async #live(): Promise<string> {
    const { createClient, group, topic, subscription } = this.#options;
    const ended = Promise.withResolvers<string>();
    this.#endLife = ended.resolve;
    const client = createClient();
    const consumer = client.consumer(group);
    const stopWatching = this.#watch(consumer, ended.resolve);
    client.onConnectionLost = () => subscription.reassign('a connection was lost');
    this.#start(consumer, topic).catch((error: unknown) => ended.resolve(error instanceof Error ? error.message : String(error)));
    const reason = await ended.promise;
    stopWatching();
    await this.#dispose(client, consumer);
    return reason;
  }

  async #start(consumer: Consumer, topic: string): Promise<void> {
    const { subscription } = this.#options;
    await consumer.connect();
    // From the beginning, in case kafkajs ever goes by it: read twice does no harm, left out does.
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => subscription.onBatch(payload) });
  }

  /** Ends the life when the consumer crashes or stands still. */
  #watch(consumer: Consumer, end: (reason: string) => void): () => void {
    const { clock, subscription, topic } = this.#options;
    let isOver = false;
    let movedMs = clock.monotonicMs();
    const moved = () => {
      movedMs = clock.monotonicMs();
    };
    const { CONNECT, FETCH, HEARTBEAT, GROUP_JOIN, END_BATCH_PROCESS, CRASH } = consumer.events;
    consumer.on(CONNECT, moved);
    consumer.on(FETCH, moved);
    consumer.on(HEARTBEAT, moved);
    consumer.on(GROUP_JOIN, ({ payload }) => {
      moved();
      // A start that ends late belongs to no life.
      if (!isOver) subscription.joined(consumer, payload.memberAssignment[topic] ?? []);
    });
    consumer.on(END_BATCH_PROCESS, ({ payload: { batchSize, partition, lastOffset } }) => {
      if (batchSize === 0) subscription.passedOver(partition, Number(lastOffset) + 1);
    });
    consumer.on(CRASH, ({ payload }) => end(payload.error.message));
    const look = () => {
      const stillMs = clock.monotonicMs() - movedMs;
      if (stillMs > STILL_MS_MAX) end(`nothing moved for ${Math.round(stillMs)} ms`);
      timer = clock.setTimer(LOOK_EVERY_MS, look);
    };
    let timer = clock.setTimer(LOOK_EVERY_MS, look);
    return () => {
      isOver = true;
      timer.cancel();
    };
  }

  async #dispose(client: KafkaClient, consumer: Consumer): Promise<void> {
    const { clock, logger } = this.#options;
    client.onConnectionLost = () => {};
    const left = within({ clock, ms: LEAVE_MS_MAX, what: 'leaving the group' }, consumer.disconnect());
    await left.catch((error: unknown) => logger.debug({ error: String(error) }, 'the consumer did not leave'));
    client.destroy();
  }
}
