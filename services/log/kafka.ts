/**
 * The invalidation log over Kafka: one topic, an acknowledged producer, and per subscriber a supervised consumer.
 *
 * Nothing here waits for Kafka to be there: a log is opened at once, calls are refused with LogUnavailable while Kafka
 * is away, and a subscriber joins when it can. A watch asks once a second for the log's bounds: that is what
 * `connected` says, what finds a topic made anew while nothing is read, and what makes the topic where it is missing
 * (the origin).
 */
import { INVALIDATION_TOPIC } from '../protocol/invalidation.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type Admin, KafkaClient, type Producer } from './kafka/client.ts';
import { Contact } from './kafka/contact.ts';
import { RenewedClient } from './kafka/renewed-client.ts';
import { withoutRepeats } from './kafka/repeated-warnings.ts';
import { SupervisedSubscription } from './kafka/supervised-subscription.ts';
import { Topic } from './kafka/topic.ts';
import {
  type InvalidationLog,
  type LogMessage,
  type LogSubscriber,
  type LogSubscription,
  LogUnavailable,
  type PartitionBounds,
} from './log.ts';

export interface KafkaLogOptions {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** Names this process to the broker. */
  readonly clientId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly topic?: string;
  /** Makes the topic where it is missing. One process does: the origin. */
  readonly createTopic?: boolean;
}

const APPEND_MS_MAX = 5_000;
/** Within it the brokers must have acknowledged one request. */
const ACKNOWLEDGE_MS_MAX = 3_000;
const ACKNOWLEDGED_BY_ALL = -1;
const WATCH_EVERY_MS = 1_000;
const CLOSE_MS_MAX = 500;

export class KafkaLog implements InvalidationLog {
  readonly #options: KafkaLogOptions;
  readonly #contact: Contact;
  readonly #topic: Topic;
  readonly #producer: RenewedClient<Producer>;
  readonly #subscriptions = new Set<SupervisedSubscription>();
  readonly #closing = new AbortController();
  readonly #watched: Promise<void>;
  #sending: Promise<unknown> = Promise.resolve();
  #topicMade: Promise<void> | undefined;

  private constructor(options: KafkaLogOptions) {
    this.#options = { ...options, logger: withoutRepeats(options.logger, options.clock) };
    const { clock, topic = INVALIDATION_TOPIC } = options;
    this.#contact = new Contact(clock);
    const shared = {
      createClient: () => new KafkaClient(this.#options),
      clock,
      onAnswer: (answered: boolean) => this.#contact.note(answered),
    };
    const admin = new RenewedClient<Admin>({ ...shared, create: (client) => client.admin() });
    this.#topic = new Topic({ admin, name: topic, clock });
    this.#producer = new RenewedClient<Producer>({ ...shared, create: (client) => client.producer() });
    this.#watched = this.#watch();
  }

  /** Connects behind whoever calls. */
  static open(options: KafkaLogOptions): KafkaLog {
    return new KafkaLog(options);
  }

  /** One send at a time: what was appended before is acknowledged or refused before the next is sent. */
  append(messages: readonly LogMessage[]): Promise<void> {
    const sent = this.#sending.then(() => this.#append(messages));
    this.#sending = sent.catch(() => {});
    return sent;
  }

  async subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    this.#assertOpen();
    const { clock, logger } = this.#options;
    const subscription = new SupervisedSubscription({
      createClient: () => new KafkaClient(this.#options),
      topic: this.#topic,
      subscriber,
      clock,
      logger,
      onClosed: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    const end = () => void subscription.close();
    subscriber.closing?.addEventListener('abort', end, { once: true });
    await subscription.assigned.finally(() => subscriber.closing?.removeEventListener('abort', end));
    return subscription;
  }

  async bounds(): Promise<readonly PartitionBounds[]> {
    this.#assertOpen();
    await this.#makeTopic();
    return this.#topic.bounds();
  }

  connected(): boolean {
    return !this.#closing.signal.aborted && this.#contact.connected();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await Promise.all([this.#producer.close(), this.#topic.close()]);
    // It may be waiting for an answer that will not come; it does nothing more when that wait ends.
    await Promise.race([this.#watched, sleep(this.#options.clock, CLOSE_MS_MAX)]);
  }

  async #append(messages: readonly LogMessage[]): Promise<void> {
    this.#assertOpen();
    if (messages.length === 0) return;
    await this.#makeTopic();
    const records = messages.map(({ key, value, headers, partition }) => ({
      key,
      value,
      headers: { ...headers },
      ...(partition === undefined ? {} : { partition }),
    }));
    const request = { topic: this.#topic.name, acks: ACKNOWLEDGED_BY_ALL, timeout: ACKNOWLEDGE_MS_MAX, messages: records };
    try {
      await this.#producer.use({ what: `appending to ${this.#topic.name}`, ms: APPEND_MS_MAX }, (producer) => producer.send(request));
    } catch (error) {
      // It may be the topic that has gone.
      this.#topicMade = undefined;
      throw error;
    }
  }

  async #watch(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#makeTopic();
        const noted = [...this.#subscriptions].map((subscription) => ({ subscription, before: subscription.beginCheck() }));
        const bounds = await this.#topic.bounds();
        for (const { subscription, before } of noted) {
          subscription.check(before, bounds);
          if (before?.anchor !== undefined) subscription.checkIdentity(before, await this.#topic.firstAfter(before.anchor.timeMs));
          else subscription.endCheck(false);
        }
      } catch (error) {
        // It may have gone: made again where it is missing.
        this.#topicMade = undefined;
        for (const subscription of this.#subscriptions) subscription.endCheck(false);
        if (!signal.aborted) logger.debug({ error: String(error) }, 'Kafka does not answer');
      }
      await sleep(clock, WATCH_EVERY_MS, signal);
    }
  }

  /** One making at a time; a failed one is forgotten. */
  async #makeTopic(): Promise<void> {
    if (this.#options.createTopic !== true) return;
    this.#topicMade ??= this.#topic.create();
    const making = this.#topicMade;
    try {
      await making;
    } catch (error) {
      if (this.#topicMade === making) this.#topicMade = undefined;
      throw error;
    }
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new LogUnavailable('the log is closed');
  }
}
