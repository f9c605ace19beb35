/**
 * How far a region is behind the log. `/metrics` says it, and must go on answering while the log does not: the log is
 * asked once at a time, and after a short wait the answer is that nobody knows.
 */
import type { InvalidationLog, PartitionBounds } from '../log/log.ts';
import { type Clock, sleep } from '../runtime/clock.ts';

const ANSWER_MS_MAX = 250;
const BEFORE_FIRST = -1;

export class LagMeter {
  readonly #log: InvalidationLog;
  readonly #clock: Clock;
  #asked: Promise<readonly PartitionBounds[] | undefined> | undefined;

  constructor({ log, clock }: { readonly log: InvalidationLog; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Records in the log above the offset applied last, by partition. null while the log does not answer. */
  async behind(applied: ReadonlyMap<number, number>): Promise<number | null> {
    const answered = new AbortController();
    const bounds = await Promise.race([this.#bounds(), sleep(this.#clock, ANSWER_MS_MAX, answered.signal).then(() => undefined)]);
    // A reason of its own: left out, an exception is made for it each time.
    answered.abort('answered');
    if (bounds === undefined) return null;
    return bounds.reduce(
      (sum, { partition, start, end }) => sum + (end - Math.max(start, (applied.get(partition) ?? BEFORE_FIRST) + 1)),
      0,
    );
  }

  #bounds(): Promise<readonly PartitionBounds[] | undefined> {
    this.#asked ??= this.#log
      .bounds()
      .catch(() => undefined)
      .finally(() => {
        this.#asked = undefined;
      });
    return this.#asked;
  }
}
