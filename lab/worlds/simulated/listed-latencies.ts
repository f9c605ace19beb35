/** Latencies as a list, for the few reads of a simulated run: histograms cost more to make than such a list to sort. */
import { type Latencies, type LatencyFigures, WINDOW_S } from '../../../services/edge/latencies.ts';

export class ListedLatencies implements Latencies {
  readonly #latenciesMs: number[] = [];
  readonly #seconds: number[] = [];

  record(latencyMs: number, second: number): void {
    this.#latenciesMs.push(latencyMs);
    this.#seconds.push(second);
  }

  lifetime(): LatencyFigures | undefined {
    return figuresOf(this.#latenciesMs.slice());
  }

  lastSeconds(second: number): LatencyFigures | undefined {
    const from = this.#seconds.findLastIndex((recorded) => recorded <= second - WINDOW_S) + 1;
    return figuresOf(this.#latenciesMs.slice(from));
  }
}

/** Sorts what it is given. */
function figuresOf(latenciesMs: number[]): LatencyFigures | undefined {
  if (latenciesMs.length === 0) return undefined;
  latenciesMs.sort((one, other) => one - other);
  const at = (share: number) => latenciesMs[Math.min(latenciesMs.length - 1, Math.ceil(latenciesMs.length * share) - 1)] ?? 0;
  return {
    meanMs: latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length,
    minMs: latenciesMs[0] ?? 0,
    maxMs: at(1),
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    p99Ms: at(0.99),
  };
}
