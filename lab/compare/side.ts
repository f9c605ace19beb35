/** What one run is compared by: its summary, and how long its reads took where its history is there. */
import type { History } from '../history/history.ts';
import { type Quantiles, WholeTimes } from '../history/quantiles.ts';
import type { Summary } from '../report/events.ts';

export interface Side {
  readonly scenario: string;
  readonly summary: Summary;
  /** By region, ms: from when a read was due until it was answered. Left out: the history is not there. */
  readonly readMs?: Readonly<Record<string, Quantiles | null>>;
}

/** Whole milliseconds are too coarse for a cache in memory. */
const TENTHS = 10;

export function readDurations(history: History): Readonly<Record<string, Quantiles | null>> {
  const byRegion = new Map((history.head?.regions ?? []).map((region) => [region, new WholeTimes()]));
  for (const { region, outcome, startMs, dueMs = startMs, endMs } of history.reads)
    if (outcome === 'ok' && endMs !== undefined) byRegion.get(region)?.add((endMs - dueMs) * TENTHS);
  return Object.fromEntries([...byRegion].map(([region, times]) => [region, inMs(times.quantiles())]));
}

function inMs(tenths: Quantiles | null): Quantiles | null {
  if (tenths === null) return null;
  const { min, p50, p95, p99, max } = tenths;
  return { min: min / TENTHS, p50: p50 / TENTHS, p95: p95 / TENTHS, p99: p99 / TENTHS, max: max / TENTHS };
}
