/**
 * Latencies in an HDR histogram (`createHistogram` of node:perf_hooks, owned by this file): however many there are, it
 * takes the same space, and each quantile is right to three figures. It counts whole microseconds from 1, so each is
 * held as one more than it is: a time may be 0.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

const US_PER_MS = 1000;
/** Above every deadline there is; what takes longer counts as this. */
const US_MAX = 3_600_000_000;
const FIGURES = 3;
const OFFSET_US = 1;

export class LatencyHistogram {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: US_MAX + OFFSET_US, figures: FIGURES });

  record(ms: number): void {
    this.#histogram.record(Math.max(0, Math.min(US_MAX, Math.round(ms * US_PER_MS))) + OFFSET_US);
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** ms, `share` from 0 to 1; null without samples. */
  quantile(share: number): number | null {
    if (this.count === 0) return null;
    const us = share === 0 ? this.#histogram.min : this.#histogram.percentile(share * 100);
    return (us - OFFSET_US) / US_PER_MS;
  }
}
