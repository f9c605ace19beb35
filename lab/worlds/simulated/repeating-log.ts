/** A log whose producer, now and then, sends again what had arrived already in part or as a whole: at least once, as Kafka's may. */
import type { InvalidationLog, LogMessage, LogSubscriber, LogSubscription, PartitionBounds } from '../../../services/log/log.ts';
import type { Random } from '../../../services/runtime/random.ts';

/** One append in so many is sent again. */
const REPEATED_ONE_IN = 25;

export class RepeatingLog implements InvalidationLog {
  readonly #log: InvalidationLog;
  readonly #random: Random;

  constructor(log: InvalidationLog, random: Random) {
    this.#log = log;
    this.#random = random;
  }

  async append(messages: readonly LogMessage[]): Promise<void> {
    if (this.#random.below(REPEATED_ONE_IN) === 0) await this.#log.append(messages.slice(0, 1 + this.#random.below(messages.length)));
    await this.#log.append(messages);
  }

  subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    return this.#log.subscribe(subscriber);
  }

  bounds(): Promise<readonly PartitionBounds[]> {
    return this.#log.bounds();
  }

  connected(): boolean {
    return this.#log.connected();
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
