/**
 * A run while it goes on, in the rows below the regions: where it is on its time line, which faults are still to come,
 * what there is to see, its phases, and what it is judged by. What matters most comes first, for there may be few rows.
 *
 *     ─ run of partition-kafka • seed 17 ─────────────────────
 *     █████▒▒▒▒│▒▒▒▒▒────── load 7.2 s of 20 s
 *     to come  partition edge:eu-west<->kafka ends in 6.8 s
 *     to see   The edge of eu-west is cut off from the log …
 */
import type { RunPlan } from '../../../lab/live/protocol.ts';
import { delayText, padTo, plain } from '../draw/format.ts';
import { fitLine, type Line, type Span, span } from '../draw/line.ts';
import type { Role } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import type { RunView } from '../state/run-view.ts';
import { titleLine } from './chrome.ts';
import { phaseLines, planLines, type RunLinesOptions } from './run-lines.ts';

type PlannedFault = RunPlan['faults'][number];

const NAME_COLUMNS = 9;
const BAR_COLUMNS_MAX = 100;
/** For ` load 100.0 s of 100.0 s`. */
const BAR_TEXT_COLUMNS = 26;
const TO_SEE_ROWS_MAX = 4;
/** What must have room beside it: time line, faults, phases. */
const OTHER_ROWS = 4;
const COMING_MAX = 3;
const MS_SHOWN = 100;

/** `rows` lines below a title. */
export function runStageLines(
  run: RunView,
  plan: RunPlan,
  { rows, ...options }: RunLinesOptions & { readonly rows: number },
): readonly Line[] {
  const { width, theme } = options;
  const title = [
    span(`run of ${plain(plan.id)} `, 'accent'),
    span(`${theme.dot} seed ${plan.seed} ${theme.dot} ${plain(plan.title)}`, 'muted'),
  ];
  const elapsedMs = loadedMs(run, plan, options.nowMs);
  const lines = [
    timeLine(plan, elapsedMs, options),
    ...named('to come', [comingText(plan, elapsedMs)], 'text'),
    ...toSeeLines(plan, rows, width),
    ...phaseLines(run, options),
    ...planLines(plan, run, options),
  ];
  return [titleLine(title, width, theme), ...Array.from({ length: rows }, (_, at) => fitLine(lines[at] ?? [], width))];
}

/** How far the load is. */
function loadedMs({ phases }: RunView, { durationMs }: RunPlan, nowMs: number): number {
  const load = phases.find(({ phase }) => phase === 'fault');
  return load === undefined ? 0 : Math.min(durationMs, nowMs - load.atMs);
}

/** What is over, what is to come, and in both when a fault is in force; the mark between them is now. */
function timeLine({ durationMs, faults }: RunPlan, elapsedMs: number, { width, theme }: RunLinesOptions): Line {
  const columns = Math.max(1, Math.min(BAR_COLUMNS_MAX, width - BAR_TEXT_COLUMNS));
  const nowAt = Math.min(columns - 1, Math.floor((elapsedMs / durationMs) * columns));
  const cells = Array.from({ length: columns }, (_, at): Span => {
    if (at === nowAt) return span(theme.isAscii ? '|' : '│', 'accent');
    const [fromMs, toMs] = [(at / columns) * durationMs, ((at + 1) / columns) * durationMs];
    const isFaulty = faults.some((fault) => fault.atMs < toMs && fromMs < endMsOf(fault, durationMs, columns));
    if (isFaulty) return span(theme.isAscii ? '#' : '▒', at < nowAt ? 'warning' : 'text');
    return at < nowAt ? span(theme.cursor, 'accent') : span(theme.rule, 'muted');
  });
  const rounded = (ms: number) => delayText(Math.round(ms / MS_SHOWN) * MS_SHOWN);
  return [...cells, span(` load ${rounded(elapsedMs)} of ${delayText(durationMs)}`)];
}

/** One that is over at once takes a column. */
function endMsOf({ atMs, healMs, lasts }: PlannedFault, durationMs: number, columns: number): number {
  return lasts ? (healMs ?? durationMs) : atMs + durationMs / columns;
}

interface Coming {
  readonly atMs: number;
  readonly says: string;
}

function comingText({ faults, durationMs }: RunPlan, elapsedMs: number): string {
  const coming = faults
    .flatMap(({ atMs, healMs, lasts, says }): Coming[] => [
      { atMs, says: `${says} in ` },
      ...(lasts ? [{ atMs: healMs ?? durationMs, says: `${says} ends in ` }] : []),
    ])
    .filter(({ atMs }) => atMs > elapsedMs)
    .sort((one, other) => one.atMs - other.atMs);
  if (coming.length === 0) return faults.length === 0 ? 'no faults: load alone' : 'no more faults';
  const shown = coming
    .slice(0, COMING_MAX)
    .map(({ atMs, says }) => `${says}${delayText(Math.ceil((atMs - elapsedMs) / MS_SHOWN) * MS_SHOWN)}`);
  const more = coming.length - shown.length;
  return plain([...shown, ...(more === 0 ? [] : [`${more} more`])].join(', '));
}

function toSeeLines({ description }: RunPlan, rows: number, width: number): readonly Line[] {
  const all = wrapped(description, Math.max(1, width - NAME_COLUMNS));
  const room = Math.max(1, Math.min(TO_SEE_ROWS_MAX, rows - OTHER_ROWS));
  const left = all.length > room ? ' …' : '';
  const shown = all
    .slice(0, room)
    .map((line, at) => (at === room - 1 ? `${line.slice(0, width - NAME_COLUMNS - left.length)}${left}` : line));
  return named('to see', shown, 'strong');
}

/** A name before the first. */
function named(name: string, lines: readonly string[], role: Role): readonly Line[] {
  return lines.map((line, at) => [span(padTo(at === 0 ? name : '', NAME_COLUMNS), 'muted'), span(line, role)]);
}
