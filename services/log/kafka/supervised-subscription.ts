/** A subscription with the supervisor that feeds it, and the watch over both. */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LogSubscriber, LogSubscription, PartitionBounds } from '../log.ts';
import type { KafkaClient } from './client.ts';
import { KafkaSubscription, type Noted } from './subscription.ts';
import { Supervisor } from './supervisor.ts';
import type { Topic } from './topic.ts';

export interface SupervisedSubscriptionOptions {
  readonly createClient: () => KafkaClient;
  readonly topic: Topic;
  readonly subscriber: LogSubscriber;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onClosed: () => void;
}

/** Records are there, none was read for so long: the consumer is stuck in a way it does not know of. */
const UNREAD_MS_MAX = 10_000;

export class SupervisedSubscription implements LogSubscription {
  readonly #options: SupervisedSubscriptionOptions;
  readonly #subscription: KafkaSubscription;
  readonly #supervisor: Supervisor;
  /** The position when records were first seen waiting there. */
  #unread: { readonly noted: Noted; readonly sinceMs: number } | undefined;

  constructor(options: SupervisedSubscriptionOptions) {
    this.#options = options;
    const { createClient, topic, subscriber, clock, logger } = options;
    const shared = { topic: topic.name, clock, logger };
    const subscription = new KafkaSubscription({ ...shared, subscriber, bounds: () => topic.bounds() });
    this.#subscription = subscription;
    this.#supervisor = new Supervisor({ ...shared, createClient, group: subscriber.group, subscription });
  }
  get assigned(): Promise<void> {
    return this.#subscription.assigned;
  }

  noted(): Noted | undefined {
    return this.#subscription.noted();
  }

  /** `before` was noted before `bounds` were asked for. */
  check(before: Noted | undefined, bounds: readonly PartitionBounds[]): void {
    if (before === undefined) {
      this.#unread = undefined;
      return;
    }
    this.#subscription.check(before, bounds);
    this.#checkReading(before, bounds);
  }

  checkIdentity(noted: Noted, later: ReadonlyMap<number, number>): void {
    this.#subscription.checkIdentity(noted, later);
  }

  seek(partition: number, offset: number): void {
    this.#subscription.seek(partition, offset);
  }

  pause(partition: number): void {
    this.#subscription.pause(partition);
  }

  resume(partition: number): void {
    this.#subscription.resume(partition);
  }

  commit(nextOffsets: ReadonlyMap<number, number>): Promise<void> {
    return this.#subscription.commit(nextOffsets);
  }

  /** Leaves the group; bounded, also while Kafka hangs. */
  async close(): Promise<void> {
    await this.#subscription.close();
    await this.#supervisor.close();
    this.#options.onClosed();
  }

  #checkReading(before: Noted, bounds: readonly PartitionBounds[]): void {
    const nowMs = this.#options.clock.monotonicMs();
    const moved = this.#unread === undefined || !isSame(this.#unread.noted, before);
    if (!this.#subscription.isBehind(bounds)) this.#unread = undefined;
    else if (moved) this.#unread = { noted: before, sinceMs: nowMs };
    else if (this.#unread !== undefined && nowMs - this.#unread.sinceMs > UNREAD_MS_MAX) {
      this.#unread = undefined;
      this.#supervisor.restart(`records were there and none was read for ${UNREAD_MS_MAX} ms`);
    }
  }
}

function isSame(one: Noted, other: Noted): boolean {
  return one.epoch === other.epoch && [...one.next].every(([partition, next]) => other.next.get(partition) === next);
}
