/**
 * The whole screen, as lines: header, what is in force (where the screen on top does not show it itself), the screen,
 * the line of keys or what is asked in its place. A pure function of the state, the size and the theme.
 */

import { belowTop, bindingsIn, sectionsIn } from './dispatch.ts';
import { COLUMNS_MIN, fits, ROWS_MIN, type ScreenSize } from './draw/layout.ts';
import { fitLine, type Line, span } from './draw/line.ts';
import { ofThePast, type Theme } from './draw/theme.ts';
import { wrapped } from './draw/wrap.ts';
import { faultStrip, footerLine, headerLine } from './panels/chrome.ts';
import { type AnyScreen, screenOf } from './screens/screens.ts';
import { asItWas } from './state/past.ts';
import type { ScreenState } from './state/screen-state.ts';
import { topOf, type ViewState } from './state/state.ts';

const PROMPT_ROWS_MAX = 4;
const FOOTER_ROWS = 1;

/**
 * Exactly `rows` lines of `columns` columns each; where there is too little room, as many as it takes to say how much
 * is needed.
 */
export function frameLines(current: ViewState, { columns, rows }: ScreenSize, themeNow: Theme): readonly Line[] {
  if (!fits({ columns, rows })) return tooSmallLines({ columns, rows });
  const { state, agoMs } = asItWas(current);
  const theme = agoMs === undefined ? themeNow : ofThePast(themeNow);
  const top = topOf(state);
  const room = { width: columns, theme, holding: sectionsIn(belowTop(state), state.ownKeys) };
  const isPrompt = screenOf(top).place === 'prompt';
  const bottom = isPrompt
    ? drawn(top)(state, top, { ...room, rows: PROMPT_ROWS_MAX })
    : [footerLine({ state, bindings: bindingsIn(top, state.ownKeys), width: columns, theme })];
  const shown = isPrompt ? bodyBelow(state) : top;
  const strip = shown.screen === 'overview' ? [] : [faultStrip(state, columns, theme)];
  // What is asked lies over the last rows: nothing above moves because of it.
  const bodyRows = rows - 1 - strip.length - FOOTER_ROWS;
  const body = drawn(shown)(state, shown, { ...room, rows: bodyRows }).slice(0, bodyRows + FOOTER_ROWS - bottom.length);
  return [headerLine(state, { width: columns, theme, agoMs }), ...strip, ...body, ...bottom];
}

function tooSmallLines({ columns, rows }: ScreenSize): readonly Line[] {
  const lines = wrapped(`needs ${COLUMNS_MIN}x${ROWS_MIN}, has ${columns}x${rows}; q quits`, columns);
  return lines.slice(0, Math.max(1, rows)).map((line) => fitLine([span(line, 'warning')], columns));
}

function drawn(state: ScreenState): AnyScreen['lines'] {
  return screenOf(state).lines;
}

/** What lies below the prompts on top. */
function bodyBelow({ screens }: ViewState): ScreenState {
  return screens.findLast((screen) => screenOf(screen).place === 'body') ?? { screen: 'overview' };
}
