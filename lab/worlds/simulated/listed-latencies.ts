/**
 * Latencies as lists, for the few reads of a simulated run: histograms cost more to make than such lists to keep in
 * order.
 */
import { type Latencies, type LatencyFigures, WINDOW_S } from '../../../services/edge/latencies.ts';

interface Recorded {
  readonly latencyMs: number;
  readonly second: number;
}

export class ListedLatencies implements Latencies {
  /** Ascending. */
  readonly #sorted: number[] = [];
  /** Those of the last seconds, and some before. */
  #recent: Recorded[] = [];
  #sumMs = 0;

  record(latencyMs: number, second: number): void {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) > latencyMs) high = middle;
      else low = middle + 1;
    }
    this.#sorted.splice(low, 0, latencyMs);
    this.#sumMs += latencyMs;
    this.#recent.push({ latencyMs, second });
  }

  lifetime(): LatencyFigures | undefined {
    return figuresOf(this.#sorted, this.#sumMs);
  }

  lastSeconds(second: number): LatencyFigures | undefined {
    this.#recent = this.#recent.filter((recorded) => recorded.second > second - WINDOW_S);
    const sorted = this.#recent.map(({ latencyMs }) => latencyMs).sort((one, other) => one - other);
    return figuresOf(
      sorted,
      sorted.reduce((sum, ms) => sum + ms, 0),
    );
  }
}

function figuresOf(sorted: readonly number[], sumMs: number): LatencyFigures | undefined {
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? first;
  return { meanMs: sumMs / sorted.length, minMs: first, maxMs: last, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
