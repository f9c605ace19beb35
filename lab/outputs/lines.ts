/** What runs and histories come to, in plain lines. */

import { SEEN_BY_READS } from '../history/convergence.ts';
import type { Quantiles } from '../history/quantiles.ts';
import { plural } from '../input/plural.ts';
import { printable } from '../input/printable.ts';
import type { LabEvent, Summary } from '../report/events.ts';

type AnomalyText = Pick<Extract<LabEvent, { type: 'Anomaly' }>, 'anomaly' | 'subKind' | 'region' | 'key' | 'explain'>;

/** A duration; nothing known is a dash. */
export function msText(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

/** A share from 0 to 1. */
export function percentText(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}

/** Left-aligned first column, the others right-aligned. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((known, row) => row.map((cell, at) => Math.max(known[at] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** What it is, where, and why it is one. */
export function anomalyText({ anomaly, subKind, region, key, explain }: AnomalyText): string {
  return printable(`${anomaly}${subKind === undefined ? '' : ` (${subKind})`} ${region} ${key}: ${explain}`);
}

type Figures = Pick<Summary, 'convergence' | 'staleness' | 'consistency'>;

/** How soon each region showed a write, how old its answers were, and after how many writes it agreed within a time. */
export function figureLines({ convergence, staleness, consistency }: Figures): string[] {
  const regions = Object.keys(staleness);
  if (regions.length === 0) return [];
  const spread = (of: Quantiles | null | undefined) => [of?.min, of?.p50, of?.p95, of?.p99, of?.max].map(msText);
  const rows = regions.flatMap((region) => [
    [`${region}  write seen after`, ...spread(convergence[region])],
    [`${region}  staleness`, ...spread(staleness[region]?.raw)],
    [`${region}  staleness outside faults`, ...spread(staleness[region]?.adjusted)],
  ]);
  const agreed = regions.map((region) => {
    const shares = Object.entries(consistency[region]?.within ?? {}).map(([t, share]) => `${percentText(share)} within ${t} ms`);
    return `${region}  writes that every later read showed: ${shares.join(', ')}`;
  });
  return [...table([['region, ms', 'min', 'P50', 'P95', 'P99', 'max'], ...rows]), SEEN_BY_READS, ...agreed];
}

export function checkLines(checks: readonly Pick<Summary['checks'][number], 'check' | 'verdict' | 'reason'>[]): string[] {
  return checks.map(({ check, verdict, reason }) => `${verdict.padEnd(7)}  ${check}: ${printable(reason)}`);
}

/** A line for each threshold, as it was written. */
export function thresholdLines(thresholds: readonly Summary['thresholds'][number][]): string[] {
  const digits = (value: number) => Number(value.toPrecision(4));
  return thresholds.map(({ metric, threshold, ok, value, samples, doubt }) => {
    const got = value === null ? 'no samples' : `${digits(value)} of ${plural(samples, 'sample')}`;
    const why = doubt === undefined ? '' : `, ${printable(doubt)}`;
    const isUnknown = value === null || doubt !== undefined;
    return `${ok ? 'held   ' : isUnknown ? 'unknown' : 'crossed'}  ${printable(`${metric} ${threshold}`)}: ${got}${why}`;
  });
}
