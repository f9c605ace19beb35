/**
 * The propagation delay of each region, as it was changed. What an edge has read falls due at the first moment at which
 * it has waited for as long as the delay in force then: a raised delay holds back what still waits, a lowered one lets
 * go of it.
 */
import { InvalidInput } from '../errors.ts';
import type { DelayChange } from '../history/records.ts';
import type { Interval } from './interval.ts';

export class Delays {
  /** By region, in their order. */
  readonly #changes: ReadonlyMap<string, readonly DelayChange[]>;

  constructor(changes: readonly DelayChange[]) {
    this.#changes = Map.groupBy(
      [...changes].sort((one, other) => one.atMs - other.atMs),
      ({ region }) => region,
    );
  }

  /** The largest delay in force at any moment of the interval. */
  maxMs(region: string, interval: Interval): number {
    return this.#within(region, interval).reduce((most, { delayMs }) => Math.max(most, delayMs), 0);
  }

  /**
   * How long after the interval's begin what was sent then falls due at the latest. It may come later by `marginMs`,
   * and a change be so much later than it is told. Never more than the largest delay.
   */
  dueAfterMs(region: string, interval: Interval, marginMs: number): number {
    const { fromMs } = interval;
    const within = this.#within(region, interval);
    const [only] = within;
    if (within.length === 1 && only !== undefined) return only.delayMs;
    const dueMs = within.map(({ atMs, delayMs }, at) => {
      const due = Math.max(atMs, fromMs + delayMs);
      const next = within[at + 1];
      // Close before a change nobody knows by which delay it was.
      return next === undefined || due + 2 * marginMs <= next.atMs ? due : Number.POSITIVE_INFINITY;
    });
    return Math.min(Math.min(...dueMs) - fromMs, this.maxMs(region, interval));
  }

  /** What was in force at its begin, and each change within it. Throws InvalidInput where the region told none. */
  #within(region: string, { fromMs, toMs }: Interval): readonly Pick<DelayChange, 'atMs' | 'delayMs'>[] {
    const changes = this.#changes.get(region);
    if (changes === undefined) throw new InvalidInput(`expected the delay of ${region} in the history, got none`);
    const before = changes.findLast(({ atMs }) => atMs <= fromMs);
    const meanwhile = changes.filter(({ atMs }) => fromMs < atMs && atMs <= toMs);
    return [{ atMs: fromMs, delayMs: before?.delayMs ?? 0 }, ...meanwhile];
  }
}
