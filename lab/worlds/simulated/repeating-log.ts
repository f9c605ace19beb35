/**
 * A log whose producer, now and then, sends again what had arrived already in part or as a whole: at least once, as Kafka's may. Or what it
 * sent long before arrives again behind what came after it: neither order nor repeats may matter to a cache.
 */
import type { InvalidationLog, LogMessage, LogSubscriber, LogSubscription, PartitionBounds } from '../../../services/log/log.ts';
import type { Random } from '../../../services/runtime/random.ts';

/** One append in so many is sent again. */
const REPEATED_ONE_IN = 25;
/** One in so many is followed by one of those before it. */
const LATE_ONE_IN = 25;
const REMEMBERED_MAX = 8;

export class RepeatingLog implements InvalidationLog {
  readonly #log: InvalidationLog;
  readonly #random: Random;
  /** The last appends, oldest first. */
  readonly #before: (readonly LogMessage[])[] = [];

  constructor(log: InvalidationLog, random: Random) {
    this.#log = log;
    this.#random = random;
  }

  async append(messages: readonly LogMessage[]): Promise<void> {
    if (this.#random.below(REPEATED_ONE_IN) === 0) await this.#log.append(messages.slice(0, 1 + this.#random.below(messages.length)));
    await this.#log.append(messages);
    const late = this.#random.below(LATE_ONE_IN) === 0 ? this.#before[this.#random.below(REMEMBERED_MAX)] : undefined;
    if (late !== undefined) await this.#log.append(late);
    this.#before.push(messages);
    if (this.#before.length > REMEMBERED_MAX) this.#before.shift();
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
