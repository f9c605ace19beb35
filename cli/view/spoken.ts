/** What is said instead of drawn: steps, events, what a key did; and the words of a screen that was opened. */
import { belowTop, sectionsIn } from './dispatch.ts';
import { momentText, plain } from './draw/format.ts';
import { textOf } from './draw/line.ts';
import { createTheme } from './draw/theme.ts';
import { type AnyScreen, screenOf } from './screens/screens.ts';
import { topOf, type ViewState } from './state/state.ts';

const THEME = createTheme({ noColor: true, ascii: true });
/** Room for everything: the terminal wraps what is too long for it. */
const ROWS = 60;
const COLUMNS = 160;

/** What is new: each line once, in the order it came. */
export function spokenSince(before: ViewState, now: ViewState): readonly string[] {
  const steps = now.steps.slice(before.steps.length).map(({ step }) => plain(step));
  const last = before.log.at(-1);
  const known = last === undefined ? -1 : now.log.lastIndexOf(last);
  // What has fallen out of the log since was said before; all of it fell out where more came than was read.
  const events = now.log.slice(known + 1);
  const missing = last !== undefined && known < 0 ? ['events are missing here: they came too fast'] : [];
  const echo = now.echo !== undefined && now.echo !== before.echo ? [plain(now.echo.text)] : [];
  const chosen = now.selected === before.selected ? undefined : now.regions[now.selected];
  return [
    ...steps,
    ...echo,
    ...(chosen === undefined ? [] : [`${plain(chosen.region)} is selected`]),
    ...missing,
    ...events.map(({ t, tone, text }) => `${momentText(t)} ${tone === 'info' ? '' : `${tone}: `}${plain(text)}`),
    ...opened(before, now),
    ...(now.phase === 'leaving' && before.phase !== 'leaving' ? ['healing and stopping'] : []),
  ];
}

function opened(before: ViewState, now: ViewState): readonly string[] {
  const top = topOf(now);
  const { said, saidOnce } = screenOf(top);
  if (said !== undefined) return saidSince(before, now, said);
  if (saidOnce === undefined) return [];
  const isNew = topOf(before) !== top || saidOnce.again?.(before) !== saidOnce.again?.(now);
  return isNew ? readLines(now) : [];
}

function saidSince(before: ViewState, now: ViewState, said: NonNullable<AnyScreen['said']>): readonly string[] {
  const [was, is] = [topOf(before), topOf(now)];
  const known = new Set(was.screen === is.screen ? said(before, was) : []);
  return said(now, is).filter((sentence) => !known.has(sentence));
}

/** What is asked or typed, as it stands; undefined while nothing is. */
export function promptText(state: ViewState): string | undefined {
  const top = topOf(state);
  const { said, saidOnce } = screenOf(top);
  return top.screen === 'overview' || said !== undefined || saidOnce !== undefined ? undefined : readLines(state).join('\n');
}

/** The lines of the screen on top, read once from above. */
function readLines(state: ViewState): readonly string[] {
  const top = topOf(state);
  const room = { width: COLUMNS, rows: ROWS, theme: THEME, holding: sectionsIn(belowTop(state), state.ownKeys) };
  const lines = screenOf(top).lines(state, top, room);
  return lines.map((line) => textOf(line).trimEnd()).filter((text) => text !== '');
}
