/** A run in plain lines: what happens while it happens, then a table and the verdict. */
import { EXIT } from '../errors.ts';
import { printable, printableLines } from '../input/printable.ts';
import { railsLine } from '../rails/rails-line.ts';
import type { Summary } from '../report/events.ts';
import { anomalyText, checkLines, figureLines, msText, percentText, table, thresholdLines } from './lines.ts';
import type { OutputKind, RunEvent } from './output.ts';
import { planLines } from './plan-lines.ts';

const MS_PER_S = 1000;
const HEAL_HINT = ' (edgesync-lab heal removes it from a cluster that still runs)';

type RegionEvent = Extract<RunEvent, { type: 'Region' }>;

export const plain: OutputKind = {
  options: [{ flags: '--quiet', about: 'the result only', variable: 'EDGESYNC_QUIET' }],
  open: ({ asked: { json, quiet }, line }) => {
    // Standard output is somebody else's.
    if (json) return undefined;
    const latest = new Map<string, RegionEvent>();
    return {
      addEvent: (event) => {
        if (event.type === 'Region') latest.set(event.region, event);
        else if (!quiet || !isProgress(event)) for (const text of eventLines(event)) line(text);
      },
      stop: ({ summary }) => {
        const regions = latest.size > 0 ? regionTable(latest) : [];
        for (const text of [...regions, ...figureLines(summary), ...summaryLines(summary)]) line(text);
      },
    };
  },
};

/** What is no result. */
function isProgress({ type }: RunEvent): boolean {
  return type !== 'Plan' && type !== 'Anomaly';
}

function eventLines(event: RunEvent): readonly string[] {
  if (event.type === 'Start') return [`${printable(String(event.scenario['title']))} · ${event.backend} · seed ${event.seed}`];
  if (event.type === 'Plan') return planLines(event);
  if (event.type === 'Step') return [`        ${event.step} (${event.elapsedMs} ms)`];
  if (event.type === 'Phase') return [`${seconds(event.t)}  ${event.phase}`];
  if (event.type === 'Fault') return [`${seconds(event.t)}  ${faultText(event)}`];
  if (event.type === 'Anomaly') return [`${seconds(event.t)}  ${anomalyText(event)}`];
  return [];
}

function seconds(t: number): string {
  return `${(t / MS_PER_S).toFixed(1).padStart(5)}s`;
}

function faultText({ fault, target, event, effect }: Extract<RunEvent, { type: 'Fault' }>): string {
  const doubt = effect === 'confirmed' ? '' : event === 'injected' ? ', no effect seen' : ', still there';
  return `  ${event} ${printable(fault)} ${printable(target)}${doubt}`;
}

function regionTable(latest: ReadonlyMap<string, RegionEvent>): string[] {
  const rows = [...latest.values()].map((event) => [
    event.region,
    percentText(event.hitRatio),
    msText(event.p50),
    msText(event.p95),
    msText(event.p99),
    String(event.staleHits),
  ]);
  return table([['region', 'hits', 'P50 ms', 'P95 ms', 'P99 ms', 'stale hits'], ...rows]);
}

function summaryLines(summary: Summary): string[] {
  const { operations, checks, faults } = summary;
  const allowed = faults.map(({ fault, target, recoveryAllowanceMs, slowsByMs }) => {
    const what = printable(`${fault} ${target}`);
    if (slowsByMs !== undefined) return `slowed   ${what}: invalidations may be ${Math.round(slowsByMs)} ms later while it lasts`;
    return `excused  ${what}: until the region has caught up, at most ${(recoveryAllowanceMs / MS_PER_S).toFixed(0)} s after its heal`;
  });
  const left = summary.heal.left.map((what) => `could not heal: ${printable(what)}${HEAL_HINT}`);
  const sent = summary.rails === undefined ? [] : [printable(railsLine(summary.rails))];
  const lines = [...left, ...sent, ...allowed, ...checkLines(checks), ...thresholdLines(summary.thresholds)];
  const ended = `${operations.reads} reads, ${operations.writes} writes, ${operations.failed} failed, ${operations.unknown} unknown`;
  const crossed = summary.exitCode === EXIT.threshold ? ': no check failed, a threshold was crossed' : '';
  const why = summary.error === undefined ? crossed : `: ${printableLines(summary.error)}`;
  const head = { completed: summary.verdict.toUpperCase(), aborted: 'STOPPED', failed: 'FAILED' }[summary.status];
  return [...lines, `${head}${why} (${ended})`, `again: ${printable(summary.reproduce)}`];
}
