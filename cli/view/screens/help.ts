/** The help: every key that holds in the screen it was opened on, from the tables that dispatch them, then what the marks mean. */
import { padTo, widthOf } from '../format.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { keyText } from '../keys/key-text.ts';
import { fitLine, type Line, span } from '../line.ts';
import type { LinkState } from '../links.ts';
import type { ScreenOf } from '../screen-state.ts';
import { topOf, type ViewState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { filledTo, type KeySection, type Room, type Screen } from './screen.ts';

const GROUP_COLUMNS = 11;
const KEY_GAP = 2;
const MARKS: readonly (readonly [LinkState, string])[] = [
  ['ok', 'answers'],
  ['cut', 'cut or killed'],
  ['slow', 'slow'],
  ['paused', 'paused'],
  ['lost', 'no answer'],
];
const SCROLL_MAX = 200;

function scrolled(by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    if (top.screen !== 'help') return undefined;
    return { type: 'change', screen: { ...top, scroll: Math.min(SCROLL_MAX, Math.max(0, top.scroll + by)) } };
  };
}

export const help: Screen<'help'> = {
  name: 'help',
  title: 'help',
  keys: [
    { keys: ['escape', '?'], shown: 'Esc, ?', group: 'look', short: 'close', about: 'close this', act: () => ({ type: 'back' }) },
    { keys: ['down', 'j', 'pagedown'], shown: '↓, j', group: 'look', short: 'down', about: 'show what is further down', act: scrolled(1) },
    { keys: ['up', 'k', 'pageup'], shown: '↑, k', group: 'look', short: 'up', about: 'show what is further up', act: scrolled(-1) },
  ],
  others: 'leave',
  place: 'body',
  lines,
};

function lines(_state: ViewState, { scroll }: ScreenOf<'help'>, { width, rows, theme, holding }: Room): readonly Line[] {
  const columns = KEY_GAP + Math.max(...holding.flatMap(({ keys }) => keys.map(({ shown }) => widthOf(keyText(shown, theme)))));
  const all = [...holding.flatMap(({ title, keys }) => sectionLines({ title, keys, columns, theme })), ...legend(theme)];
  const first = Math.max(0, Math.min(scroll, all.length - rows));
  const shown = all.slice(first, first + rows);
  const left = all.length - first - shown.length;
  if (left > 0) shown[rows - 1] = [span(`${left + 1} more lines below: j or the arrow`, 'muted')];
  return filledTo(shown, rows).map((line) => fitLine(line, width));
}

function sectionLines({ title, keys, columns, theme }: KeySection & { readonly columns: number; readonly theme: Theme }): readonly Line[] {
  return keys.map(({ shown, about }, at) => [
    span(padTo(at === 0 ? title : '', GROUP_COLUMNS), 'muted'),
    span(padTo(keyText(shown, theme), columns), 'key'),
    span(about),
  ]);
}

function legend(theme: Theme): readonly Line[] {
  const marks = MARKS.flatMap(([state, about]) => [span(`${theme.links[state].mark} `, theme.links[state].role), span(`${about}  `)]);
  return [
    [span(padTo('marks', GROUP_COLUMNS), 'muted'), ...marks],
    [span(padTo('', GROUP_COLUMNS)), span(`${theme.behind}3 `, 'warning'), span('three versions behind the origin')],
  ];
}
