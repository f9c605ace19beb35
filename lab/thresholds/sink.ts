/** Takes the samples of one threshold and answers its aggregation, as k6's sinks do. */
import { LatencyHistogram } from '../history/latency-histogram.ts';
import type { Aggregation } from './expression.ts';

const MS_PER_S = 1000;
const PERCENT = 100;
const MEDIAN = 50;

export class Sink {
  readonly #times = new LatencyHistogram();
  #samples = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#samples += 1;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#times.record(value);
  }

  get samples(): number {
    return this.#samples;
  }

  /**
   * `overMs`: of a counter, the time in which it was counted; undefined of what is no counter. null without samples.
   */
  value(aggregation: Aggregation, overMs: number | undefined): number | null {
    if (this.#samples === 0) return null;
    if (typeof aggregation === 'object') return this.#percentile(aggregation.percentile);
    switch (aggregation) {
      case 'count':
        return this.#sum;
      case 'rate':
        return overMs === undefined ? this.#sum / this.#samples : perSecond(this.#sum, overMs);
      case 'avg':
        return this.#sum / this.#samples;
      case 'min':
        return this.#min;
      case 'max':
        return this.#max;
      case 'med':
        return this.#percentile(MEDIAN);
    }
  }

  /** Never above the largest, which the histogram knows to three figures only. */
  #percentile(percent: number): number {
    return percent === 0 ? this.#min : Math.min(this.#max, this.#times.quantile(percent / PERCENT) ?? this.#max);
  }
}

function perSecond(sum: number, overMs: number): number | null {
  return overMs > 0 ? (sum * MS_PER_S) / overMs : null;
}
