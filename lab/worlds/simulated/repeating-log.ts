/**
 * A log whose producer, now and then, sends again what had arrived already in part or as a whole: at least once, as
 * Kafka's may. Or what it sent long before arrives again behind what came after it: neither order nor repeats may
 * matter to a cache.
 */
import type { InvalidationLog, LogMessage } from '../../../services/log/log.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { DecoratedLog } from '../../mutants/decorated-log.ts';

/** One append in so many is sent again. */
const REPEATED_ONE_IN = 25;
/** One in so many is followed by one of those before it. */
const LATE_ONE_IN = 25;
const REMEMBERED_MAX = 8;

export class RepeatingLog extends DecoratedLog {
  readonly #random: Random;
  /** The last appends, oldest first. */
  readonly #before: (readonly LogMessage[])[] = [];

  constructor(log: InvalidationLog, random: Random) {
    super(log);
    this.#random = random;
  }

  override async append(messages: readonly LogMessage[]): Promise<void> {
    if (this.#random.below(REPEATED_ONE_IN) === 0) await super.append(messages.slice(0, 1 + this.#random.below(messages.length)));
    await super.append(messages);
    const late = this.#random.below(LATE_ONE_IN) === 0 ? this.#before[this.#random.below(REMEMBERED_MAX)] : undefined;
    if (late !== undefined) await super.append(late);
    this.#before.push(messages);
    if (this.#before.length > REMEMBERED_MAX) this.#before.shift();
  }
}
