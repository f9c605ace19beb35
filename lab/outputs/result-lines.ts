/**
 * What a run came to, in few lines: the verdict first, then what failed, then the regions, then how to run it again.
 * However much failed, it stays a page that can be read at once; all of it is in the report and in `--details`.
 */
import { EXIT } from '../errors.ts';
import { printable, printableLines } from '../input/printable.ts';
import { railsLine } from '../rails/rails-line.ts';
import type { LabEvent, Summary } from '../report/events.ts';
import { anomalyText, checkLines, msText, percentText, table, thresholdLines } from './lines.ts';

type ShownAnomaly = Pick<Extract<LabEvent, { type: 'Anomaly' }>, 'anomaly' | 'subKind' | 'region' | 'key' | 'explain'>;
export type RegionEvent = Extract<LabEvent, { type: 'Region' }>;

export interface Result {
  readonly scenario: string;
  readonly title: string;
  readonly backend: string;
  readonly seed: number;
  /** How long it went on, in the time of its world. Left out: not known. */
  readonly lastedMs?: number | undefined;
  readonly summary: Summary;
  /** What each region said of itself last. */
  readonly regions: readonly RegionEvent[];
  /** The first of each check. */
  readonly anomalies: readonly ShownAnomaly[];
  /** Where the report is; undefined: none was asked for. */
  readonly reportFile?: string | undefined;
  /** What keeps all anomalies, where there is no report. */
  readonly keptBy: string;
}

/** So many lines of a fail say what failed, and which anomalies show it. */
const FAILED_LINES_MAX = 12;
const ANOMALIES_SHOWN_MAX = 3;
const REGIONS_SHOWN_MAX = 4;
const MS_PER_S = 1000;
const HEAL_HINT = ' (edgesync-lab heal removes the faults from a cluster that still runs)';

/** What a result has room for, at most. */
export function firstOfEach<A extends ShownAnomaly>(anomalies: readonly A[]): readonly A[] {
  const count = new Map<string, number>();
  return anomalies.filter(({ anomaly }) => {
    const before = count.get(anomaly) ?? 0;
    count.set(anomaly, before + 1);
    return before < ANOMALIES_SHOWN_MAX;
  });
}

/** One line. */
export function quietLine({ scenario, summary }: Result): string {
  const failed = summary.checks.filter(({ verdict }) => verdict !== 'pass').map(({ check, anomalies }) => countOf(check, anomalies));
  const crossed = summary.thresholds.filter(({ ok }) => !ok).map(({ metric, threshold }) => `${metric} ${threshold}`);
  const errors = summary.error === undefined ? [] : [printableLines(summary.error).replaceAll('\n', ' ')];
  const what = [...errors, ...failed, ...crossed, ...leftLines(summary)].join(', ');
  const why = what === '' ? '' : `: ${printable(what)}`;
  const again = summary.verdict === 'pass' ? '' : `; again: ${printable(summary.reproduce)}`;
  return `${headOf(summary)}  ${printable(scenario)}${why} (${operationsText(summary)})${again}`;
}

function countOf(check: string, anomalies: number): string {
  return anomalies === 0 ? check : `${check} ${anomalies}`;
}

export function resultLines(result: Result): readonly string[] {
  const { summary, reportFile } = result;
  return [
    headLine(result),
    ...leftLines(summary),
    ...failedLines(result),
    countsLine(summary),
    ...(summary.rails === undefined ? [] : [printable(railsLine(summary.rails))]),
    ...regionLines(result.regions),
    ...faultLines(summary),
    ...(reportFile === undefined ? [] : [`report: ${printable(reportFile)}`]),
    `again: ${printable(summary.reproduce)}`,
  ];
}

/** What was refused before it began: nothing can be said but why. */
export function refusalLine({ summary }: Pick<Result, 'summary'>): string {
  return `${headOf(summary)}: ${printableLines(summary.error ?? 'not run')}`;
}

export function headOf({ status, verdict }: Pick<Summary, 'status' | 'verdict'>): string {
  return { completed: verdict.toUpperCase(), aborted: 'STOPPED', failed: 'FAILED' }[status];
}

function headLine({ scenario, title, backend, seed, lastedMs, summary }: Result): string {
  const crossed = summary.exitCode === EXIT.threshold ? ': no check failed, a threshold was crossed' : '';
  const why = summary.error === undefined ? crossed : `: ${printableLines(summary.error)}`;
  const lasted = lastedMs === undefined ? [] : [`${(lastedMs / MS_PER_S).toFixed(1)} s`];
  const what = [title, ...(title === scenario ? [] : [scenario]), backend, `seed ${seed}`, ...lasted].map(printable).join(' · ');
  return `${headOf(summary)}${why}  ${what}`;
}

function operationsText({ operations }: Summary): string {
  return `${operations.reads} reads, ${operations.writes} writes, ${operations.failed} failed, ${operations.unknown} unknown`;
}

/** What did not fail, in numbers. */
function countsLine(summary: Summary): string {
  const { checks, thresholds } = summary;
  const passed = checks.filter(({ verdict }) => verdict === 'pass').length;
  const held = thresholds.filter(({ ok }) => ok).length;
  const ofThresholds = thresholds.length === 0 ? '' : `, ${held} of ${thresholds.length} thresholds held`;
  return `${passed} of ${checks.length} checks passed${ofThresholds}: ${operationsText(summary)}`;
}

interface Failed {
  readonly name: string;
  readonly line: string;
  readonly anomalies: number;
}

/** Those that failed before those of which nothing is known. */
function failedOf({ checks, thresholds }: Summary): readonly Failed[] {
  const byVerdict = (wanted: string) =>
    checks
      .filter(({ verdict }) => verdict === wanted)
      .map((check) => ({ name: check.check, line: checkLines([check]).join(), anomalies: check.anomalies }));
  const crossed = thresholds
    .filter(({ ok }) => !ok)
    .map((threshold) => ({ name: threshold.metric, line: thresholdLines([threshold]).join(), anomalies: 0 }));
  return [...byVerdict('fail'), ...crossed, ...byVerdict('unknown')];
}

function failedLines({ summary, anomalies, reportFile, keptBy }: Result): readonly string[] {
  const all = failedOf(summary);
  const isMore = all.length > FAILED_LINES_MAX;
  const told = isMore ? all.slice(0, FAILED_LINES_MAX - 1) : all;
  const shown = shareOut(told, FAILED_LINES_MAX - told.length - (isMore ? 1 : 0), anomalies);
  const where = reportFile === undefined ? keptBy : `all of them are in ${printable(reportFile)}`;
  const lines = told.flatMap(({ name, line, anomalies: found }) => {
    const own = shown.get(name) ?? [];
    const counted = own.length === 0 ? `${found} anomalies` : `${own.length} of ${found} anomalies shown`;
    const more = found > own.length ? ` (${counted}; ${where})` : '';
    return [`${line}${more}`, ...own.map((anomaly) => `         ${anomalyText(anomaly)}`)];
  });
  const others = all.slice(told.length).map(({ name }) => name);
  return isMore ? [...lines, `and ${others.length} more: ${printable(others.join(', '))}`] : lines;
}

/** One anomaly of each check in turn, for as long as there is room. */
function shareOut(
  failed: readonly Failed[],
  room: number,
  anomalies: readonly ShownAnomaly[],
): ReadonlyMap<string, readonly ShownAnomaly[]> {
  const byCheck = Map.groupBy(anomalies, ({ anomaly }) => anomaly);
  const shown = new Map<string, ShownAnomaly[]>();
  let left = room;
  for (let at = 0; at < ANOMALIES_SHOWN_MAX; at += 1)
    for (const { name } of failed) {
      const next = byCheck.get(name)?.[at];
      if (next === undefined || left === 0) continue;
      shown.set(name, [...(shown.get(name) ?? []), next]);
      left -= 1;
    }
  return shown;
}

function regionLines(regions: readonly RegionEvent[]): readonly string[] {
  if (regions.length === 0) return [];
  const rows = regions.slice(0, REGIONS_SHOWN_MAX).map(({ region, hitRatio, p50, p95, p99, staleHits }) => {
    return [region, percentText(hitRatio), msText(p50), msText(p95), msText(p99), String(staleHits)];
  });
  const more = regions.length - rows.length;
  return [
    ...table([['region', 'hits', 'P50 ms', 'P95 ms', 'P99 ms', 'stale hits'], ...rows]),
    ...(more === 0 ? [] : [`and ${more} more regions`]),
  ];
}

function leftLines({ heal: { left } }: Summary): readonly string[] {
  return left.length === 0 ? [] : [`could not heal: ${printable(left.join(', '))}${HEAL_HINT}`];
}

/** All that was injected, on one line, with what it excuses. */
function faultLines({ faults }: Summary): readonly string[] {
  if (faults.length === 0) return [];
  const injected = [...Map.groupBy(faults, ({ fault, target }) => `${fault} ${target}`)].map(([what, { length }]) =>
    length === 1 ? what : `${what} (${length} times)`,
  );
  const unseen = faults.filter(({ effect }) => effect === 'unconfirmed').length;
  const excusedMs = Math.max(...faults.map(({ recoveryAllowanceMs, slowsByMs }) => (slowsByMs === undefined ? recoveryAllowanceMs : 0)));
  const excuse = excusedMs === 0 ? '' : `; an excuse ends at most ${(excusedMs / MS_PER_S).toFixed(0)} s after the heal of a fault`;
  const doubt = unseen === 0 ? '' : `; no effect was seen of ${unseen}`;
  return [`faults: ${printable(injected.join(', '))}${excuse}${doubt}`];
}
