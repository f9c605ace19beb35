/**
 * A region's reads, gathered into equal slices of time: however many there are, a chart has as many points as it has
 * slices.
 */
import { eachStaleness, type StalenessSample } from '../../checks/figures.ts';
import type { History } from '../../history/history.ts';
import { WholeTimes } from '../../history/quantiles.ts';
import type { ReadOperation } from '../../history/records.ts';
import type { Span, TimeAxis } from './time-axis.ts';

export const BINS = 120;

export interface Bin extends Span {
  readonly reads: number;
  readonly failed: number;
  /** ms; undefined: no answer. */
  readonly medianMs: number | undefined;
  readonly slowestMs: number | undefined;
  /** Of the stalest answer that could be old and was labelled fresh; undefined: there was none. */
  readonly rawMs: number | undefined;
  /** Without the time of faults. */
  readonly adjustedMs: number | undefined;
  /** Of the stalest that was labelled stale: its reader was told. */
  readonly toldMs: number | undefined;
}

/** Tenths of a millisecond: whole ones are too coarse for a cache in memory. */
const TENTHS = 10;

class Gathered {
  reads = 0;
  failed = 0;
  rawMs: number | undefined;
  adjustedMs: number | undefined;
  toldMs: number | undefined;
  readonly #tenths = new WholeTimes();

  take({ outcome, startMs, endMs }: ReadOperation): void {
    this.reads += 1;
    if (outcome !== 'ok') this.failed += 1;
    else if (endMs !== undefined) this.#tenths.add((endMs - startMs) * TENTHS);
  }

  takeAge({ read: { status }, rawMs, adjustedMs }: StalenessSample): void {
    if (status === 'stale') {
      this.toldMs = Math.max(this.toldMs ?? 0, rawMs);
      return;
    }
    this.rawMs = Math.max(this.rawMs ?? 0, rawMs);
    this.adjustedMs = Math.max(this.adjustedMs ?? 0, adjustedMs);
  }

  toBin(span: Span): Bin {
    const { reads, failed, rawMs, adjustedMs, toldMs } = this;
    const took = this.#tenths.quantiles();
    const times = took === null ? {} : { medianMs: took.p50 / TENTHS, slowestMs: took.max / TENTHS };
    return { ...span, reads, failed, rawMs, adjustedMs, toldMs, medianMs: undefined, slowestMs: undefined, ...times };
  }
}

/** By region. */
export function binsOf(history: History, regions: readonly string[], axis: TimeAxis): ReadonlyMap<string, readonly Bin[]> {
  const binMs = (axis.toMs - axis.fromMs) / BINS;
  const gathered = new Map(regions.map((region) => [region, Array.from({ length: BINS }, () => new Gathered())]));
  const at = ({ region, startMs }: Pick<ReadOperation, 'region' | 'startMs'>) =>
    gathered.get(region)?.[Math.max(0, Math.min(BINS - 1, Math.floor((startMs - axis.fromMs) / binMs)))];
  for (const read of history.reads) at(read)?.take(read);
  eachStaleness(history, (sample) => at(sample.read)?.takeAge(sample));
  const spanAt = (index: number) => ({ fromMs: axis.fromMs + index * binMs, toMs: axis.fromMs + (index + 1) * binMs });
  return new Map([...gathered].map(([region, bins]) => [region, bins.map((bin, index) => bin.toBin(spanAt(index)))]));
}
