/** A region's reads, gathered into equal slices of time: however many there are, a chart has as many points as it has slices. */
import type { Staleness } from '../../checks/staleness.ts';
import type { History } from '../../history/history.ts';
import { quantilesOf } from '../../history/quantiles.ts';
import type { Span, TimeAxis } from './time-axis.ts';

export const BINS = 120;

export interface Bin extends Span {
  readonly reads: number;
  readonly failed: number;
  /** ms; undefined: no answer. */
  readonly medianMs: number | undefined;
  readonly slowestMs: number | undefined;
  /** Of the stalest answer that could be old; undefined: there was none. */
  readonly rawMs: number | undefined;
  /** Without the time of faults. */
  readonly adjustedMs: number | undefined;
}

interface Gathered {
  failed: number;
  reads: number;
  readonly tookMs: number[];
  rawMs: number | undefined;
  adjustedMs: number | undefined;
}

export function binsOf(history: History, staleness: Staleness, region: string, axis: TimeAxis): readonly Bin[] {
  const binMs = (axis.toMs - axis.fromMs) / BINS;
  const gathered = Array.from(
    { length: BINS },
    (): Gathered => ({ failed: 0, reads: 0, tookMs: [], rawMs: undefined, adjustedMs: undefined }),
  );
  const at = (ms: number) => gathered[Math.max(0, Math.min(BINS - 1, Math.floor((ms - axis.fromMs) / binMs)))];
  for (const operation of history.operations) {
    if (operation.kind !== 'read' || operation.region !== region) continue;
    const bin = at(operation.startMs);
    if (bin === undefined) continue;
    bin.reads += 1;
    if (operation.outcome !== 'ok') bin.failed += 1;
    else if (operation.endMs !== undefined) bin.tookMs.push(operation.endMs - operation.startMs);
  }
  for (const read of staleness.byRegion.get(region) ?? []) {
    const bin = at(read.startMs);
    if (bin === undefined || !staleness.couldBeOld(read)) continue;
    const stale = staleness.judge(read);
    bin.rawMs = Math.max(bin.rawMs ?? 0, stale === undefined ? 0 : read.startMs - stale.superseding.atMs);
    bin.adjustedMs = Math.max(bin.adjustedMs ?? 0, stale?.adjustedMs ?? 0);
  }
  return gathered.map((bin, index) => toBin(bin, { fromMs: axis.fromMs + index * binMs, toMs: axis.fromMs + (index + 1) * binMs }));
}

function toBin({ tookMs, ...bin }: Gathered, span: Span): Bin {
  // Tenths of a millisecond: whole ones are too coarse for a cache in memory.
  const took = quantilesOf(tookMs.map((ms) => ms * 10));
  return { ...span, ...bin, medianMs: took === null ? undefined : took.p50 / 10, slowestMs: took === null ? undefined : took.max / 10 };
}
