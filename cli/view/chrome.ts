/** What stands around the panels, as lines: the header, the faults in force, the event log, the line of keys. */
import type { FaultView } from '../../lab/live/live-lab.ts';
import { ageText, momentText, plain, plural, portText } from './format.ts';
import { KEYS } from './keys.ts';
import { fitLine, joined, type Line, lineWidth, span, spread } from './line.ts';
import { faultWords } from './links.ts';
import type { ViewState } from './state.ts';
import type { Theme } from './theme.ts';

/** How long the last key's echo stays. */
const ECHO_MS = 4_000;
/** The last keys of the table: help and quit. */
const ALWAYS_SHOWN = 2;
const GAP = 2;

export function headerLine(state: ViewState, width: number, theme: Theme): Line {
  const { phase, backend, originUrl, nowMs, faults, origin } = state;
  const name = [span('EdgeSync Lab', 'accent'), span(` ${theme.dot} ${backend ?? 'starting'} ${theme.dot} ${momentText(nowMs)}`)];
  if (phase === 'leaving')
    return spread(name, [span(state.staysUp ? 'healing everything' : 'healing and stopping everything', 'warning')], width);
  const where = originUrl === undefined ? [] : [span(`origin ${portText(originUrl)}  `, 'muted')];
  const pending = origin.metrics?.outbox.pending;
  const outbox = pending === undefined ? [] : [span(`outbox ${pending}  `, pending > 0 ? 'warning' : 'muted')];
  const broken = faults.length === 0 ? span('no faults', 'good') : span(`${plural(faults.length, 'fault')} in force`, 'bad');
  return spread(name, [...where, ...outbox, broken], width);
}

function titleLine(title: Line, width: number, theme: Theme): Line {
  const line = [span(`${theme.rule} `, 'muted'), ...title, span(' ')];
  return fitLine([...line, span(theme.rule.repeat(Math.max(0, width - lineWidth(line))), 'muted')], width);
}

/** A title and `rows` lines. */
export function faultLines({ faults, nowMs }: ViewState, { width, rows, theme }: LinesOptions): readonly Line[] {
  const shown = faults.length > rows ? faults.slice(0, Math.max(0, rows - 1)) : faults;
  const lines = shown.map((fault) => faultLine(fault, nowMs, width));
  const left = faults.length - shown.length;
  if (left > 0 && rows > 0) lines.push([span(`${left} more`, 'muted')]);
  if (faults.length === 0) lines.push([span('none', 'muted')]);
  return filled(titleLine([span('faults in force', 'muted')], width, theme), lines, { width, rows });
}

function faultLine(fault: FaultView, nowMs: number, width: number): Line {
  const doubt = fault.state === 'inForce' && fault.effect === 'unconfirmed' ? ' (no effect seen)' : '';
  const doing = fault.state === 'inForce' ? ageText(nowMs - fault.injectedMs) : fault.state === 'healing' ? 'healing' : 'injecting';
  return spread([span(plain(faultWords(fault)) + doubt, 'warning')], [span(` ${doing}`)], width);
}

/** A title with the last key's echo, and the newest `rows` events, the newest below. */
export function eventLines({ log, echo, nowMs }: ViewState, { width, rows, theme }: LinesOptions): readonly Line[] {
  const isEchoed = echo !== undefined && nowMs - echo.t < ECHO_MS;
  const title = isEchoed ? [span('events ', 'muted'), span(`${theme.echo} ${plain(echo.text)}`, 'accent')] : [span('events', 'muted')];
  const lines = log.slice(-Math.max(1, rows)).map(({ t, tone, text }): Line => {
    const { mark, role } = theme.tones[tone];
    return [span(`${momentText(t)} `, 'muted'), span(`${mark} ${plain(text)}`, role)];
  });
  return filled(titleLine(title, width, theme), lines, { width, rows });
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

/** As many keys as padTo, help and quit always. */
export function footerLine(state: ViewState, width: number): Line {
  if (state.isHelpOpen) return fitLine([span('Esc', 'key'), span(' closes this')], width);
  const parts = KEYS.flatMap(({ shown, short }): readonly Line[] => (short === undefined ? [] : [[span(shown, 'key'), span(` ${short}`)]]));
  const always = joined(parts.slice(-ALWAYS_SHOWN), width, GAP);
  const others = state.phase === 'playing' ? joined(parts.slice(0, -ALWAYS_SHOWN), width - lineWidth(always) - GAP, GAP) : [];
  return spread(others, always, width);
}
