/** A run in plain lines: what happens while it happens, then a table and the verdict. */

import { EXIT } from '../lab/errors.ts';
import type { Quantiles } from '../lab/history/quantiles.ts';
import { printable, printableLines } from '../lab/input/printable.ts';
import type { LabEvent, Report, Summary } from '../lab/report/events.ts';
import { planLines } from './print-plan.ts';

const MS_PER_S = 1000;
const HEAL_HINT = ' (edgesync-lab heal removes it from a cluster that still runs)';

type AnomalyText = Pick<Extract<LabEvent, { type: 'Anomaly' }>, 'anomaly' | 'subKind' | 'region' | 'key' | 'explain'>;
type RegionEvent = Extract<LabEvent, { type: 'Region' }>;

function seconds(t: number): string {
  return `${(t / MS_PER_S).toFixed(1).padStart(5)}s`;
}

function ms(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

function percent(share: number | null): string {
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

function faultText({ fault, target, event, effect }: Extract<LabEvent, { type: 'Fault' }>): string {
  const doubt = effect === 'confirmed' ? '' : event === 'injected' ? ', no effect seen' : ', still there';
  return `  ${event} ${printable(fault)} ${printable(target)}${doubt}`;
}

/** What it is, where, and why it is one. */
export function anomalyText({ anomaly, subKind, region, key, explain }: AnomalyText): string {
  return printable(`${anomaly}${subKind === undefined ? '' : ` (${subKind})`} ${region} ${key}: ${explain}`);
}

function regionTable(latest: ReadonlyMap<string, RegionEvent>): string[] {
  const rows = [...latest.values()].map((event) => [
    event.region,
    percent(event.hitRatio),
    ms(event.p50),
    ms(event.p95),
    ms(event.p99),
    String(event.staleHits),
  ]);
  return table([['region', 'hits', 'P50 ms', 'P95 ms', 'P99 ms', 'stale hits'], ...rows]);
}

type Figures = Pick<Summary, 'convergence' | 'staleness' | 'consistency'>;

/** How soon each region showed a write, how old its answers were, and after how many writes it agreed within a time. */
export function figureLines({ convergence, staleness, consistency }: Figures): string[] {
  const regions = Object.keys(staleness);
  if (regions.length === 0) return [];
  const spread = (of: Quantiles | null | undefined) => [of?.min, of?.p50, of?.p95, of?.p99, of?.max].map(ms);
  const rows = regions.flatMap((region) => [
    [`${region}  write seen after`, ...spread(convergence[region])],
    [`${region}  staleness`, ...spread(staleness[region]?.raw)],
    [`${region}  staleness outside faults`, ...spread(staleness[region]?.adjusted)],
  ]);
  const agreed = regions.map((region) => {
    const shares = Object.entries(consistency[region]?.within ?? {}).map(([t, share]) => `${percent(share)} in ${t} ms`);
    return `${region}  agreed with a write: ${shares.join(', ')}`;
  });
  return [...table([['region, ms', 'min', 'P50', 'P95', 'P99', 'max'], ...rows]), ...agreed];
}

export function checkLines(checks: readonly Pick<Summary['checks'][number], 'check' | 'verdict' | 'reason'>[]): string[] {
  return checks.map(({ check, verdict, reason }) => `${verdict.padEnd(7)}  ${check}: ${printable(reason)}`);
}

/** A line for each threshold, as it was written. */
export function thresholdLines(thresholds: readonly Summary['thresholds'][number][]): string[] {
  const digits = (value: number) => Number(value.toPrecision(4));
  return thresholds.map(({ metric, threshold, ok, value, samples, doubt }) => {
    const got = value === null ? 'no samples' : `${digits(value)} of ${samples} ${samples === 1 ? 'sample' : 'samples'}`;
    const why = doubt === undefined ? '' : `, ${printable(doubt)}`;
    const isUnknown = value === null || doubt !== undefined;
    return `${ok ? 'held   ' : isUnknown ? 'unknown' : 'crossed'}  ${printable(`${metric} ${threshold}`)}: ${got}${why}`;
  });
}

function summaryLines(summary: Summary): string[] {
  const { operations, checks, faults } = summary;
  const allowed = faults.map(({ fault, target, recoveryAllowanceMs, slowsByMs }) => {
    const what = printable(`${fault} ${target}`);
    if (slowsByMs !== undefined) return `slowed   ${what}: invalidations may be ${Math.round(slowsByMs)} ms later while it lasts`;
    return `excused  ${what}: until the region has caught up, at most ${(recoveryAllowanceMs / MS_PER_S).toFixed(0)} s after its heal`;
  });
  const left = summary.heal.left.map((what) => `could not heal: ${printable(what)}${HEAL_HINT}`);
  const lines = [...left, ...allowed, ...checkLines(checks), ...thresholdLines(summary.thresholds)];
  const ended = `${operations.reads} reads, ${operations.writes} writes, ${operations.failed} failed, ${operations.unknown} unknown`;
  const crossed = summary.exitCode === EXIT.threshold ? ': no check failed, a threshold was crossed' : '';
  const why = summary.error === undefined ? crossed : `: ${printableLines(summary.error)}`;
  const head = { completed: summary.verdict.toUpperCase(), aborted: 'STOPPED', failed: 'FAILED' }[summary.status];
  return [...lines, `${head}${why} (${ended})`, `again: ${printable(summary.reproduce)}`];
}

/** `line` takes results; with `quiet` only those. `note` takes errors. */
export function plainReport(line: (text: string) => void, quiet: boolean): Report {
  const latest = new Map<string, RegionEvent>();
  const progress = quiet ? () => {} : line;
  return (event) => {
    if (event.type === 'Start') progress(`${printable(String(event.scenario['title']))} · ${event.backend} · seed ${event.seed}`);
    else if (event.type === 'Plan') for (const text of planLines(event)) line(text);
    else if (event.type === 'Step') progress(`        ${event.step} (${event.elapsedMs} ms)`);
    else if (event.type === 'Phase') progress(`${seconds(event.t)}  ${event.phase}`);
    else if (event.type === 'Fault') progress(`${seconds(event.t)}  ${faultText(event)}`);
    else if (event.type === 'Anomaly') line(`${seconds(event.t)}  ${anomalyText(event)}`);
    else if (event.type === 'Region') latest.set(event.region, event);
    else if (event.type === 'Summary') {
      if (latest.size > 0) for (const row of regionTable(latest)) line(row);
      for (const row of figureLines(event)) line(row);
      for (const text of summaryLines(event)) line(text);
    }
  };
}
