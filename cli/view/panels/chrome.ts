/** What stands around the panels, as lines: the header, the faults in force, the event log, the line of keys. */

import { plural } from '../../../lab/input/plural.ts';
import type { FaultView, LiveVerdict } from '../../../lab/live/protocol.ts';
import { ageText, delayText, momentText, plain, portText, widthOf } from '../draw/format.ts';
import { fitLine, joined, type Line, lineWidth, type Span, span, spread } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { keyText } from '../keys/key-text.ts';
import { faultWords } from '../state/links.ts';
import type { LogLine, ViewState } from '../state/state.ts';

/** How long the last key's echo stays. */
const ECHO_MS = 4_000;
const ALWAYS_SHOWN: readonly string[] = ['help', 'quit'];
const GAP = 2;
/** Less says nothing of a fault. */
const STRIP_COLUMNS_MIN = 16;

export interface HeaderOptions {
  readonly width: number;
  readonly theme: Theme;
  /** How far back one looks; undefined: at what is now. */
  readonly agoMs?: number | undefined;
}

/**
 * As many as there is room for, in this order of weight: how far back, what is in force, the verdict, where the origin
 * is, its outbox.
 */
export function headerLine(state: ViewState, { width, theme, agoMs }: HeaderOptions): Line {
  const { phase, backend, nowMs } = state;
  const name = [
    span('EdgeSync Lab', theme.selectedFrameRole),
    span(` ${theme.dot} ${backend ?? 'starting'} ${theme.dot} ${momentText(nowMs)}`),
  ];
  if (phase === 'leaving')
    return spread(name, [span(state.staysUp ? 'healing everything' : 'healing and stopping everything', 'warning')], width);
  const room = width - lineWidth(name) - GAP;
  const kept: Line[] = [];
  const paused: readonly Line[] = agoMs === undefined ? [] : [[span(`PAUSED ${momentText(agoMs)} ago`, 'warning'), span(' Space: now')]];
  for (const part of [...paused, ...headerParts(state, theme)]) {
    const columns = [...kept, part].reduce((sum, line) => sum + lineWidth(line) + GAP, -GAP);
    if (columns <= room) kept.push(part);
  }
  return spread(name, joined(kept.toReversed(), room, GAP), width);
}

const SORTED = { behind: 'most behind first', read: 'most read first' } as const;

function headerParts(state: ViewState, theme: Theme): readonly Line[] {
  const { originUrl, faults, origin } = state;
  const broken = faults.length === 0 ? span('no faults', 'good') : span(`${plural(faults.length, 'fault')} in force`, 'bad');
  const pending = origin.metrics?.outbox.pending;
  return [
    [broken],
    ...(state.sort === 'key' ? [] : [[span(SORTED[state.sort], 'accent')]]),
    ...verdictParts(state.verdict, theme),
    ...(originUrl === undefined ? [] : [[span(`origin ${portText(originUrl)}`, 'muted')]]),
    ...(pending === undefined ? [] : [[span(`outbox ${pending}`, pending > 0 ? 'warning' : 'muted')]]),
  ];
}

/** What was seen so far, no more. */
function verdictParts(verdict: LiveVerdict | undefined, theme: Theme): readonly Line[] {
  if (verdict === undefined) return [];
  const { good, info, error } = theme.tones;
  if (verdict.state === 'violated') return [[span(`${error.mark} ${plural(verdict.violations, 'violation')} seen`, 'bad')]];
  if (verdict.state === 'unknown') return [[span(`${info.mark} not judged yet`, 'muted')]];
  return [[span(`${good.mark} no violation`, 'good')]];
}

/** What is in force in one line, and the answer to the last key at its end. */
export function faultStrip(state: ViewState, width: number, theme: Theme): Line {
  const echo = echoSpan(state, theme);
  if (echo === undefined) return faultsLine(state, width, theme);
  const room = width - Math.min(width, lineWidth([echo]) + GAP);
  return spread(room < STRIP_COLUMNS_MIN ? [] : faultsLine(state, room, theme), [echo], width);
}

/** undefined when nothing was pressed for some seconds. */
export function echoSpan({ echo, nowMs }: ViewState, theme: Theme): Span | undefined {
  return echo === undefined || nowMs - echo.t >= ECHO_MS ? undefined : span(`${theme.echo} ${plain(echo.text)}`, 'accent');
}

/** Oldest first; what has no room is counted. */
function faultsLine({ faults, nowMs }: ViewState, width: number, theme: Theme): Line {
  if (faults.length === 0) return fitLine([span('no faults in force', 'muted')], width);
  const parts = faults.map(
    (fault): Line => [span(`${theme.tones.warning.mark} ${plain(faultWords(fault))}`, 'warning'), span(` ${sinceText(fault, nowMs)}`)],
  );
  const more = (count: number): Line => [span(`${count} more`, 'muted')];
  for (let shown = parts.length; shown > 0; shown -= 1) {
    const line = [...parts.slice(0, shown), ...(shown < parts.length ? [more(parts.length - shown)] : [])];
    if (line.reduce((sum, part) => sum + lineWidth(part) + GAP, -GAP) <= width) return fitLine(joined(line, width, GAP), width);
  }
  return fitLine(parts[0] ?? [], width);
}

export function titleLine(title: Line, width: number, theme: Theme): Line {
  const line = [span(`${theme.rule} `, theme.frameRole), ...title, span(' ')];
  return fitLine([...line, span(theme.rule.repeat(Math.max(0, width - lineWidth(line))), theme.frameRole)], width);
}

/** A title and `rows` lines. */
export function faultLines({ faults, nowMs, echo, phase, lookedAtMs }: ViewState, { width, rows, theme }: LinesOptions): readonly Line[] {
  const whole = faults.flatMap((fault) => faultBlock(fault, nowMs, width - 1));
  const isCut = whole.length > rows;
  const shown = isCut && faults.length > rows ? faults.slice(0, Math.max(0, rows - 1)) : faults;
  const lines = isCut ? shown.map((fault) => faultLine(fault, nowMs, width - 1)) : [...whole];
  const left = isCut ? faults.length - shown.length : 0;
  if (left > 0 && rows > 0) lines.push([span(`${left} more`, 'muted')]);
  const isUntouched = echo === undefined && phase === 'playing' && lookedAtMs === undefined;
  if (faults.length === 0) lines.push(isUntouched ? toBegin(width) : [span('none', 'muted')]);
  const title = span(lookedAtMs === undefined ? 'faults in force' : 'faults in force then', 'muted');
  return filled(titleLine([title], width, theme), lines, { width, rows });
}

/** On a screen that nobody has touched: what to press first. */
function toBegin(width: number): Line {
  const long = 'none so far: c cuts off the selected region, b writes, T starts a tour';
  return [span(width >= long.length ? long : 'none: c cuts, T: a tour', 'accent')];
}

function faultLine(fault: FaultView, nowMs: number, width: number): Line {
  return spread([span(saysOf(fault), 'warning')], [span(` ${sinceText(fault, nowMs)}`)], width);
}

/** On as many lines as its words need; its time is on the first. */
function faultBlock(fault: FaultView, nowMs: number, width: number): readonly Line[] {
  const since = ` ${sinceText(fault, nowMs)}`;
  const [first = '', ...others] = wrapped(saysOf(fault), width - since.length);
  return [spread([span(first, 'warning')], [span(since)], width), ...others.map((line): Line => [span(`  ${line}`, 'warning')])];
}

function saysOf(fault: FaultView): string {
  const doubt = fault.state === 'inForce' && fault.effect === 'unconfirmed' ? ' (no effect seen)' : '';
  return plain(faultWords(fault)) + doubt;
}

/** How long it is in force, and where it ends by itself how long it lasts: `4 s of 10 s`. */
function sinceText({ state, injectedMs, endsMs }: FaultView, nowMs: number): string {
  if (state !== 'inForce') return state;
  const lasts = endsMs === undefined ? '' : ` of ${delayText(endsMs - injectedMs)}`;
  return `${ageText(nowMs - injectedMs)}${lasts}`;
}

/** A title with the last key's echo, and the newest events in full, the newest below. */
export function eventLines(state: ViewState, { width, rows, theme }: LinesOptions): readonly Line[] {
  const { filter, lookedAtMs } = state;
  const until = lookedAtMs === undefined ? '' : 'until then ';
  const named = span(`events ${filter === '' ? '' : `with ${plain(filter)} `}${until}`, filter === '' ? 'muted' : 'accent');
  const echo = echoSpan(state, theme);
  const title = echo === undefined ? [span(named.text.trimEnd(), named.role)] : [named, echo];
  return filled(titleLine(title, width, theme), newestLines(eventsShown(state), { width, rows, theme }), { width, rows });
}

export function eventsShown({ log, filter }: Pick<ViewState, 'log' | 'filter'>): readonly LogLine[] {
  return filter === '' ? log : log.filter(({ text }) => text.toLowerCase().includes(filter.toLowerCase()));
}

/** The last one is whole where that is possible; of those before it each is whole, cut to its line, or left out. */
function newestLines(events: readonly LogLine[], options: LinesOptions): readonly Line[] {
  const lines: Line[] = [];
  for (const event of events.toReversed()) {
    const room = options.rows - lines.length;
    if (room <= 0) break;
    const all = eventBlock(event, options);
    lines.unshift(...(all.length <= room || lines.length === 0 ? all.slice(0, room) : [oneLine(event, options)]));
  }
  return lines;
}

function oneLine({ t, tone, text }: LogLine, { width, theme }: Pick<LinesOptions, 'width' | 'theme'>): Line {
  const { mark, role } = theme.tones[tone];
  return fitLine([span(`${momentText(t)} `, 'muted'), span(`${mark} ${plain(text)}`, role)], width);
}

/** An event on as many lines as it needs. */
export function eventBlock(event: LogLine, { width, theme }: Pick<LinesOptions, 'width' | 'theme'>): readonly Line[] {
  const { mark, role } = theme.tones[event.tone];
  const indent = widthOf(`${momentText(event.t)} ${mark} `);
  if (indent + widthOf(event.text) <= width) return [oneLine(event, { width, theme })];
  const [first = '', ...others] = wrapped(event.text, width - indent);
  return [
    [span(`${momentText(event.t)} `, 'muted'), span(`${mark} ${first}`, role)],
    ...others.map((line): Line => [span(' '.repeat(indent) + line, role)]),
  ];
}

export interface LinesOptions {
  readonly width: number;
  /** Below the title. */
  readonly rows: number;
  readonly theme: Theme;
}

function filled(title: Line, lines: readonly Line[], { width, rows }: { readonly width: number; readonly rows: number }): readonly Line[] {
  return [title, ...Array.from({ length: rows }, (_, at) => fitLine(lines[at] ?? [], width))];
}

export interface FooterOptions {
  readonly state: ViewState;
  /** What holds in the screen on top. */
  readonly bindings: readonly KeyBinding[];
  readonly width: number;
  readonly theme: Theme;
}

/** As many keys as there is room for; those at the end, which help and leave, always. */
export function footerLine({ state, bindings, width, theme }: FooterOptions): Line {
  const named = bindings.filter(
    ({ short, keys: [key = ''], act }) => short !== undefined && (ALWAYS_SHOWN.includes(short) || act(state, key) !== undefined),
  );
  const isAlways = ({ short = '' }: KeyBinding) => ALWAYS_SHOWN.includes(short);
  const partOf = ({ shown, short, shortNow }: KeyBinding): Line => [
    span(keyText(firstOf(shown), theme), 'key'),
    span(` ${shortNow?.(state) ?? short}`),
  ];
  const always = joined(named.filter(isAlways).map(partOf), width, GAP);
  const others = state.phase === 'playing' ? named.filter((binding) => !isAlways(binding)) : [];
  return spread(joined(others.map(partOf), width - lineWidth(always) - GAP, GAP), always, width);
}

/** One of the keys that do the same. */
function firstOf(shown: string): string {
  return shown.split(', ')[0] ?? shown;
}
