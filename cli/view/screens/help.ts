/** The help: every key that holds in the screen it was opened on, from the tables that dispatch them, then what the marks mean. */
import { padTo, widthOf } from '../draw/format.ts';
import { type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { keyText } from '../keys/key-text.ts';
import type { LinkState } from '../state/links.ts';
import type { ScreenOf } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import type { KeySection, Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

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

export const help: Screen<'help'> = {
  name: 'help',
  title: 'help',
  keys: [
    { keys: ['escape', '?'], shown: 'Esc, ?', group: 'look', short: 'close', about: 'close this', act: () => ({ type: 'back' }) },
    ...scrollKeys({ screen: 'help', scrollMax: SCROLL_MAX }),
  ],
  others: 'leave',
  place: 'body',
  saidOnce: {},
  lines,
};

function lines(_state: ViewState, { scroll }: ScreenOf<'help'>, room: Room): readonly Line[] {
  const { theme, holding } = room;
  const columns = KEY_GAP + Math.max(...holding.flatMap(({ keys }) => keys.map(({ shown }) => widthOf(keyText(shown, theme)))));
  const all = [...holding.flatMap(({ title, keys }) => sectionLines({ title, keys, columns, theme })), ...legend(theme)];
  return scrolledLines(all, scroll, room);
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
