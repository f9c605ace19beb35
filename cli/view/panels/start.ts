/** The start, as lines: each step that has ended with its time, and how long it takes so far. */
import { delayText, momentText, plain } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import type { ViewState } from '../state/state.ts';
import { echoSpan } from './chrome.ts';

export function startLines(
  state: ViewState,
  { width, rows, theme }: { readonly width: number; readonly rows: number; readonly theme: Theme },
): readonly Line[] {
  const { mark, role } = theme.tones.good;
  const ended = state.steps.map(
    ({ step, elapsedMs }): Line => [span(`  ${mark} `, role), span(plain(step)), span(`  ${delayText(elapsedMs)}`, 'muted')],
  );
  const what =
    state.phase === 'leaving' ? 'stopping what was started' : 'starting: the origin with its database, then an edge in each region';
  const now: Line = [span(`  ${theme.echo} `, 'accent'), span(what), span(`  ${momentText(state.nowMs)}`, 'muted')];
  const echo = echoSpan(state, theme);
  const lines: readonly Line[] = [[], ...ended, now, ...(echo === undefined ? [] : [[], [span('  '), echo]])];
  return Array.from({ length: rows }, (_, at) => fitLine(lines.slice(-rows)[at] ?? [], width));
}
