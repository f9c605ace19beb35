/** A subscription with the supervisor that feeds it, and the watch over both. */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { LogSubscriber, LogSubscription, PartitionBounds } from '../log.ts';
import type { KafkaClient } from './client.ts';
import type { Noted } from './positions.ts';
import { KafkaSubscription } from './subscription.ts';
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

/**
 * A partition has records, and none of them was read for so long: the consumer is stuck there in a way it does not know
 * of.
 */
const UNREAD_MS_MAX = 10_000;

/** Where a partition with records to come stands, and since when. */
interface Unread {
  readonly epoch: number;
  readonly next: number;
  readonly sinceMs: number;
}

export class SupervisedSubscription implements LogSubscription {
  readonly #options: SupervisedSubscriptionOptions;
  readonly #subscription: KafkaSubscription;
  readonly #supervisor: Supervisor;
  #isClosed = false;
  /** For each partition by itself: a consumer can be stuck with one of them and go on with the others. */
  #unread: ReadonlyMap<number, Unread> = new Map();
  /** Who waits for a check that has not begun, and for the one under way. */
  #askers: ((isSame: boolean) => void)[] = [];
  #asked: ((isSame: boolean) => void)[] = [];

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

  /** The watch looks once a second: the next time answers. */
  isSameLog(): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
    return new Promise((resolve) => this.#askers.push(resolve));
  }

  /**
   * What a check compares with what it asks the log for after this. Whoever asks from now on waits for the next one.
   */
  beginCheck(): Noted | undefined {
    this.endCheck(false);
    this.#asked = this.#askers;
    this.#askers = [];
    return this.#subscription.noted();
  }

  endCheck(isSame: boolean): void {
    const asked = this.#asked;
    this.#asked = [];
    for (const answer of asked) answer(isSame);
  }

  /** `before` was noted before `bounds` were asked for. */
  check(before: Noted | undefined, bounds: readonly PartitionBounds[]): void {
    if (before === undefined) {
      this.#unread = new Map();
      return;
    }
    this.#subscription.check(before, bounds);
    this.#checkReading(before.epoch, bounds);
  }

  checkIdentity(noted: Noted, later: ReadonlyMap<number, number>): void {
    this.endCheck(this.#subscription.checkIdentity(noted, later));
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
    this.#isClosed = true;
    for (const answer of [...this.#askers, ...this.#asked]) answer(false);
    await this.#subscription.close();
    await this.#supervisor.close();
    this.#options.onClosed();
  }

  #checkReading(epoch: number, bounds: readonly PartitionBounds[]): void {
    const nowMs = this.#options.clock.monotonicMs();
    const unread = new Map<number, Unread>();
    for (const [partition, next] of this.#subscription.unread(bounds)) {
      const known = this.#unread.get(partition);
      const stands = known !== undefined && known.epoch === epoch && known.next === next;
      unread.set(partition, stands ? known : { epoch, next, sinceMs: nowMs });
    }
    const stuck = [...unread.entries()].find(([, { sinceMs }]) => nowMs - sinceMs > UNREAD_MS_MAX);
    this.#unread = stuck === undefined ? unread : new Map();
    if (stuck === undefined) return;
    const [partition, { next }] = stuck;
    this.#supervisor.restart(`partition ${partition} has records from offset ${next} on, and none was read for ${UNREAD_MS_MAX} ms`);
  }
}
