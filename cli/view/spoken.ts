/** What is said instead of drawn: steps, events, what a key did; and the words of a screen that was opened. */
import { belowTop, sectionsIn } from './dispatch.ts';
import { momentText, plain } from './format.ts';
import { textOf } from './line.ts';
import { screenOf } from './screens/screens.ts';
import { topOf, type ViewState } from './state.ts';
import { createTheme } from './theme.ts';

const THEME = createTheme({ noColor: true, ascii: true });
const ROWS = 60;

/** What is new: each line once, in the order it came. */
export function spokenSince(before: ViewState, now: ViewState): readonly string[] {
  const steps = now.steps.slice(before.steps.length).map(({ step }) => plain(step));
  const last = before.log.at(-1);
  // What has fallen out of the log since was said before.
  const events = now.log.slice(last === undefined ? 0 : now.log.lastIndexOf(last) + 1);
  const echo = now.echo !== undefined && now.echo !== before.echo ? [plain(now.echo.text)] : [];
  const chosen = now.selected === before.selected ? undefined : now.regions[now.selected];
  return [
    ...steps,
    ...echo,
    ...(chosen === undefined ? [] : [`${plain(chosen.region)} is selected`]),
    ...events.map(({ t, tone, text }) => `${momentText(t)} ${tone === 'info' ? '' : `${tone}: `}${plain(text)}`),
    ...(now.phase === 'leaving' && before.phase !== 'leaving' ? ['healing and stopping'] : []),
  ];
}

/** The screen on top, unless it is the overview: its lines, read once from above. */
export function promptText(state: ViewState, columns: number): string | undefined {
  const top = topOf(state);
  if (top.screen === 'overview') return undefined;
  const room = { width: Math.max(60, columns), rows: ROWS, theme: THEME, holding: sectionsIn(belowTop(state), state.everywhere) };
  return screenOf(top)
    .lines(state, top, room)
    .map((line) => textOf(line).trimEnd())
    .filter((text) => text !== '')
    .join('\n');
}
