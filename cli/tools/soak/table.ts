/** The lines of a soak: one for each run. */
import { type LabEvent, labEvent, type Summary } from '../../../lab/report/events.ts';
import type { Program } from './program.ts';

const NAME_WIDTH = 22;
const VERDICT_WIDTH = 13;
const SECONDS_WIDTH = 6;
const FIGURES_WIDTH = 26;
const MS_PER_S = 1000;

export interface SoakRun extends Program {
  readonly name: string;
  readonly elapsedMs: number;
}

export const SOAK_LEGEND =
  'each region: P50/P99 ms from a write to the first read that shows it | P99 ms of staleness, raw/outside faults; - where nothing was measured';

export function summaryOf({ lines }: Program): Summary | undefined {
  return lines.map(eventOf).findLast((event) => event?.type === 'Summary');
}

/** What is no event is not there: a program that was killed may have said half a line. */
function eventOf(line: string): LabEvent | undefined {
  try {
    return labEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function toRow(run: SoakRun): string {
  const summary = summaryOf(run);
  const verdict = summary?.status === 'completed' ? summary.verdict : (summary?.status ?? 'no summary');
  const head = [
    run.name.padEnd(NAME_WIDTH),
    `${verdict} (${run.code})`.padEnd(VERDICT_WIDTH),
    (run.elapsedMs / MS_PER_S).toFixed(1).padStart(SECONDS_WIDTH),
  ];
  const regions = Object.keys(summary?.convergence ?? {}).map((region) => `${region} ${figuresOf(region, summary)}`.padEnd(FIGURES_WIDTH));
  return [...head, ...regions].join('  ').trimEnd();
}

function figuresOf(region: string, summary: Summary | undefined): string {
  const shown = (value: number | undefined) => (value === undefined ? '-' : String(Math.round(value)));
  const seen = summary?.convergence[region];
  const stale = summary?.staleness[region];
  return `${shown(seen?.p50)}/${shown(seen?.p99)} | ${shown(stale?.raw?.p99)}/${shown(stale?.adjusted?.p99)}`;
}

/** Why it is no pass, a line each. */
export function whyNot(run: SoakRun): readonly string[] {
  const summary = summaryOf(run);
  if (run.code === 0 || summary === undefined) return [];
  return [
    ...(summary.error === undefined ? [] : [summary.error]),
    ...summary.checks.filter(({ verdict }) => verdict !== 'pass').map(({ check, verdict, reason }) => `${verdict} ${check}: ${reason}`),
    ...summary.thresholds
      .filter(({ ok, doubt }) => !ok && doubt === undefined)
      .map(({ metric, threshold, value }) => `crossed ${metric} ${threshold}: ${value}`),
    summary.reproduce,
  ];
}
