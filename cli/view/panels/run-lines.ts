/** A run as lines: its phases, its faults, thresholds and checks as they stand; at the end the verdict and why. */
import { SEEN_BY_READS } from '../../../lab/history/convergence.ts';
import { plural } from '../../../lab/input/plural.ts';
import type { RunPlan } from '../../../lab/live/protocol.ts';
import type { Phase, Summary } from '../../../lab/report/events.ts';
import { delayText, msText, padTo, plain } from '../draw/format.ts';
import { flowed, type Line, span } from '../draw/line.ts';
import type { Role, Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import { figureName, type RunView } from '../state/run-view.ts';
import { titleLine } from './chrome.ts';

export interface RunLinesOptions {
  readonly nowMs: number;
  readonly width: number;
  readonly theme: Theme;
}

const PHASES: readonly Phase[] = ['warmup', 'steady', 'fault', 'heal', 'settle', 'final'];
const CHECK_COLUMNS = 22;
const INDENT = 2;
const GAP = 2;
const BAR_COLUMNS_MAX = 60;
/** What stands against a pass comes first. */
const VERDICT_ORDER: readonly Summary['verdict'][] = ['fail', 'unknown', 'pass'];
const VERDICT_TONES = { pass: 'good', fail: 'error', unknown: 'warning' } as const;

export function runLines(run: RunView, options: RunLinesOptions): readonly Line[] {
  const { plan, why } = run;
  const { width, theme } = options;
  if (plan === undefined) {
    const { mark, role } = theme.tones.warning;
    const words = why === undefined ? 'healing everything, then the run begins' : why;
    return [
      titleLine([span('run', 'muted')], width, theme),
      ...wrapped(words, width - INDENT).map(
        (line, at): Line => [span(at === 0 && why !== undefined ? `${mark} ` : '  ', role), span(line)],
      ),
    ];
  }
  return [
    titleLine([span(`run of ${plain(plan.id)} `, 'accent'), span(`${theme.dot} seed ${plan.seed}`, 'muted')], width, theme),
    ...phaseLines(run, options),
    ...savedLines(run, options),
    ...verdictLines(run, options),
    ...faultLines(run, options),
    ...planLines(plan, run, options),
    ...anomalyLines(run, options),
    ...(run.summary === undefined ? [] : figureLines(run.summary, options)),
  ];
}

/** For a screen reader: without what changes all the time. */
export function runSentences({ plan, phases, faults, anomalies, summary, why, saved }: RunView): readonly string[] {
  return [
    ...(plan === undefined ? [] : [`run of ${plain(plan.id)}, seed ${plan.seed}`]),
    ...phases.map(({ phase }) => `phase ${phase}`),
    ...faults.map(({ says, toMs }) => `${plain(says)} ${toMs === undefined ? 'in force' : 'healed'}`),
    ...anomalies.map(plain),
    ...(summary === undefined ? [] : [`verdict ${summary.status === 'completed' ? summary.verdict : summary.status}`]),
    ...(summary?.checks ?? []).map(({ check, verdict, reason }) => `${plain(check)}: ${verdict}, ${plain(reason)}`),
    ...(why === undefined ? [] : [plain(why)]),
    ...(saved === undefined ? [] : [plain(saved.says)]),
  ];
}

export function phaseLines(run: RunView, options: RunLinesOptions): readonly Line[] {
  return flowed(phaseParts(run, options), options.width, GAP);
}

/** What it is judged by. */
export function planLines(plan: RunPlan, run: RunView, options: RunLinesOptions): readonly Line[] {
  return [...thresholdLines(plan, run, options), ...checkLines(plan, run, options)];
}

/** Each with how long it took, the one it is in with how far it is. */
function phaseParts({ phases, isOver }: RunView, { nowMs, theme }: RunLinesOptions): readonly Line[] {
  return PHASES.map((phase): Line => {
    const at = phases.findIndex((known) => known.phase === phase);
    const found = phases[at];
    if (found === undefined) return [span(`${theme.dot} ${phase}`, 'muted')];
    const next = phases[at + 1];
    const isNow = next === undefined && !isOver;
    if (isNow) return [span(`${theme.echo} ${phase} ${msText(nowMs - found.atMs)}`, 'accent')];
    const tookMs = next === undefined ? '' : ` ${msText(next.atMs - found.atMs)}`;
    return [span(`${theme.tones.good.mark} `, theme.tones.good.role), span(`${phase}${tookMs}`)];
  });
}

function savedLines({ saved }: RunView, { width, theme }: RunLinesOptions): readonly Line[] {
  if (saved === undefined) return [];
  const { mark, role } = theme.tones[saved.isSaved ? 'good' : 'error'];
  const words = saved.isSaved ? `the report is ${saved.says}` : `the report could not be saved: ${saved.says}`;
  return wrapped(words, width - INDENT).map((line, at): Line => [span(at === 0 ? `${mark} ` : '  ', role), span(line)]);
}

/** While it runs how far it is, then what came of it. */
function verdictLines({ plan, phases, summary, why }: RunView, { nowMs, width, theme }: RunLinesOptions): readonly Line[] {
  if (why !== undefined) return wrapped(why, width - INDENT).map((line) => [span(`${theme.tones.error.mark} ${line}`, 'bad')]);
  if (summary !== undefined) {
    const { mark, role } = theme.tones[summary.exitCode === 0 ? 'good' : VERDICT_TONES[summary.verdict]];
    const words = summary.status === 'completed' ? summary.verdict : summary.status;
    const { reads, writes, failed } = summary.operations;
    return [
      [
        span(`${mark} ${words} `, role),
        span(`exit code ${summary.exitCode}; ${plural(reads, 'read')}, ${plural(writes, 'write')}, ${failed} failed`, 'muted'),
      ],
      ...againstLines(summary, width),
      ...(summary.error === undefined ? [] : wrapped(summary.error, width).map((line): Line => [span(line, 'warning')])),
      ...(summary.heal.clean ? [] : [[span(`could not heal: ${plain(summary.heal.left.join(', '))}`, 'bad')]]),
    ];
  }
  const load = phases.find(({ phase }) => phase === 'fault');
  const doneMs = load === undefined ? 0 : Math.min(plan?.durationMs ?? 0, nowMs - load.atMs);
  const share = plan === undefined ? 0 : doneMs / plan.durationMs;
  const columns = Math.min(BAR_COLUMNS_MAX, Math.max(0, width - 30));
  const filled = Math.round(columns * share);
  return [
    [
      span(theme.cursor.repeat(filled), 'accent'),
      span(theme.dot.repeat(columns - filled), 'muted'),
      span(` load ${delayText(Math.round(doneMs / 100) * 100)} of ${delayText(plan?.durationMs ?? 0)}`),
    ],
  ];
}

/** What stands against a pass, by name: whoever reads no further knows it. */
function againstLines({ checks, thresholds }: Summary, width: number): readonly Line[] {
  const crossed = thresholds.filter(({ ok }) => !ok);
  const isUnsure = ({ value, doubt }: Summary['thresholds'][number]) => value === null || doubt !== undefined;
  const named = (word: string, role: Role, names: readonly string[]): readonly Line[] =>
    names.length === 0 ? [] : wrapped(`${word}: ${names.join(', ')}`, width).map((line): Line => [span(line, role)]);
  const words = (found: typeof crossed) => found.map(({ metric, threshold }) => plain(`${metric} ${threshold}`));
  const checksThat = (verdict: Summary['verdict']) => checks.filter((check) => check.verdict === verdict).map(({ check }) => plain(check));
  return [
    ...named('failed', 'bad', [...checksThat('fail'), ...words(crossed.filter((one) => !isUnsure(one)))]),
    ...named('unknown', 'warning', [...checksThat('unknown'), ...words(crossed.filter(isUnsure))]),
  ];
}

function heading(text: string): Line {
  return [span(text, 'muted')];
}

function faultLines({ faults }: RunView, { nowMs, theme }: RunLinesOptions): readonly Line[] {
  if (faults.length === 0) return [heading('faults: none so far')];
  return [
    heading('faults'),
    ...faults.map(({ says, fromMs, toMs, isConfirmed }): Line => {
      const { mark, role } = theme.tones[toMs === undefined ? 'warning' : 'good'];
      const doubt = isConfirmed ? '' : ' (no effect seen)';
      const since = toMs === undefined ? ` for ${msText(nowMs - fromMs)}` : ` healed after ${msText(toMs - fromMs)}`;
      return [span(`${mark} `, role), span(plain(says) + doubt), span(since, 'muted')];
    }),
  ];
}

/** Judged at the end; until then beside the figures that the edges themselves tell now. */
function thresholdLines({ thresholds }: RunPlan, run: RunView, { theme }: RunLinesOptions): readonly Line[] {
  if (thresholds.length === 0) return [];
  return [
    heading(run.summary === undefined ? 'thresholds, judged at the end' : 'thresholds'),
    ...thresholds.map(({ metric, threshold }): Line => {
      const judged = run.summary?.thresholds.find((known) => known.metric === metric && known.threshold === threshold);
      const words = span(plain(`${metric} ${threshold}`));
      if (judged === undefined) return [span(`${theme.dot} `, 'muted'), words, span(nowText(metric, run), 'muted')];
      const { mark, role } = theme.tones[judged.ok ? 'good' : judged.value === null || judged.doubt !== undefined ? 'warning' : 'error'];
      const value = judged.value === null ? 'no samples' : figureText(judged.value);
      return [span(`${mark} `, role), words, span(`  ${value} (${plural(judged.samples, 'sample')})`, judged.ok ? 'muted' : role)];
    }),
  ];
}

/** `  now us-east 0.98, eu-west 0.97`; nothing of what only the history tells. */
function nowText(selector: string, { figures }: RunView): string {
  const [metric = ''] = selector.split('{');
  const wanted = /region:([^,}]+)/.exec(selector)?.[1];
  const found = [...figures].filter(
    ([name]) => name.startsWith(`${metric} `) && (wanted === undefined || name === figureName(metric, wanted)),
  );
  const parts = found.map(([name, value]) => `${plain(name.slice(metric.length + 1))} ${figureText(value)}`);
  return parts.length === 0 ? '' : `  now ${parts.join(', ')}`;
}

function figureText(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 3 : 0)));
}

function checkLines({ checks }: RunPlan, { summary }: RunView, options: RunLinesOptions): readonly Line[] {
  const { width } = options;
  if (summary === undefined || summary.checks.length === 0) {
    const words = wrapped(checks.join(', '), width - INDENT).map((line): Line => [span(`  ${line}`, 'muted')]);
    return [heading(summary === undefined ? 'checks, judged at the end' : 'checks, not judged'), ...words];
  }
  const inOrder = summary.checks.toSorted((one, other) => VERDICT_ORDER.indexOf(one.verdict) - VERDICT_ORDER.indexOf(other.verdict));
  return [heading('checks'), ...inOrder.flatMap((check) => checkLine(check, options))];
}

function checkLine({ check, verdict, reason }: Summary['checks'][number], { width, theme }: RunLinesOptions): readonly Line[] {
  const { mark, role } = theme.tones[VERDICT_TONES[verdict]];
  return wrapped(reason, Math.max(1, width - CHECK_COLUMNS - INDENT)).map((line, at) => [
    span(at === 0 ? `${mark} ` : '  ', role),
    span(padTo(at === 0 ? plain(check) : '', CHECK_COLUMNS), verdict === 'pass' ? 'text' : role),
    span(line, 'muted'),
  ]);
}

function anomalyLines({ anomalies }: RunView, { width, theme }: RunLinesOptions): readonly Line[] {
  if (anomalies.length === 0) return [];
  const { mark, role } = theme.tones.error;
  const lines = anomalies.flatMap((says) =>
    wrapped(says, width - INDENT).map((line, at): Line => [span(at === 0 ? `${mark} ` : '  ', role), span(line)]),
  );
  return [heading('what was found'), ...lines];
}

/** How long until each region showed a write, and the command that does the same again. */
function figureLines({ convergence, staleness, reproduce }: Summary, { width }: RunLinesOptions): readonly Line[] {
  const regions = Object.entries(convergence).map(([region, times]): Line => {
    const words =
      times === null ? 'no read showed a write' : `half of the writes seen after ${msText(times.p50)}, 99 % after ${msText(times.p99)}`;
    const age = staleness[region]?.adjusted;
    const stale = age === null || age === undefined ? '' : `; stale answers at most ${msText(age.max)}`;
    return [span(padTo(plain(region), CHECK_COLUMNS + INDENT), 'muted'), span(words + stale)];
  });
  const again = wrapped(`again: ${reproduce}`, width).map((line): Line => [span(line, 'muted')]);
  const why = wrapped(SEEN_BY_READS, width).map((line): Line => [span(line, 'muted')]);
  return [heading('convergence'), ...regions, ...why, ...again];
}
