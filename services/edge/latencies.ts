/** How long reads took: since the start, and over the last ten seconds. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export const WINDOW_S = 10;

export interface LatencyFigures {
  readonly meanMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** `second`: whole seconds of the monotonic clock, never going back. */
export interface Latencies {
  record(latencyMs: number, second: number): void;
  /** undefined before the first. */
  lifetime(): LatencyFigures | undefined;
  /** The last WINDOW_S seconds; undefined without any. */
  lastSeconds(second: number): LatencyFigures | undefined;
}

const LATENCY_US_MAX = 60_000_000;
const US_PER_MS = 1000;

interface Slot {
  second: number;
  readonly histogram: RecordableHistogram;
}

/** An HDR histogram of microseconds: integers from 1. */
function createMicroseconds(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LATENCY_US_MAX, figures: 3 });
}

/** In histograms of a fixed size, however many reads there are. */
export class HistogramLatencies implements Latencies {
  readonly #lifetime = createMicroseconds();
  readonly #slots: readonly Slot[] = Array.from({ length: WINDOW_S }, () => ({ second: -1, histogram: createMicroseconds() }));

  record(latencyMs: number, second: number): void {
    const latencyUs = Math.min(LATENCY_US_MAX, Math.max(1, Math.round(latencyMs * US_PER_MS)));
    this.#lifetime.record(latencyUs);
    const slot = this.#slots[second % WINDOW_S] as Slot;
    if (slot.second !== second) {
      slot.second = second;
      slot.histogram.reset();
    }
    slot.histogram.record(latencyUs);
  }

  lifetime(): LatencyFigures | undefined {
    return figuresOf(this.#lifetime);
  }

  lastSeconds(second: number): LatencyFigures | undefined {
    const window = createMicroseconds();
    for (const slot of this.#slots) if (slot.second > second - WINDOW_S) window.add(slot.histogram);
    return figuresOf(window);
  }
}

function figuresOf(histogram: RecordableHistogram): LatencyFigures | undefined {
  if (histogram.count === 0) return undefined;
  return {
    meanMs: histogram.mean / US_PER_MS,
    minMs: histogram.min / US_PER_MS,
    maxMs: histogram.max / US_PER_MS,
    p50Ms: histogram.percentile(50) / US_PER_MS,
    p95Ms: histogram.percentile(95) / US_PER_MS,
    p99Ms: histogram.percentile(99) / US_PER_MS,
  };
}
