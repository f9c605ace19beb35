/** The help: what marks and colours mean, then every key that holds in the screen it was opened on, from the tables that dispatch them. */
import { padTo, widthOf } from '../draw/format.ts';
import { flowed, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { keyText } from '../keys/key-text.ts';
import { colourParts, markParts } from '../panels/legend.ts';
import type { ScreenOf } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import type { KeySection, Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

const GROUP_COLUMNS = 11;
const KEY_GAP = 2;
const PART_GAP = 2;
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
  const { width, theme, holding } = room;
  const columns = KEY_GAP + Math.max(...holding.flatMap(({ keys }) => keys.map(({ shown }) => widthOf(keyText(shown, theme)))));
  const all = [...legend(width, theme), ...holding.flatMap(({ title, keys }) => sectionLines({ title, keys, columns, theme }))];
  return scrolledLines(all, scroll, room);
}

function sectionLines({ title, keys, columns, theme }: KeySection & { readonly columns: number; readonly theme: Theme }): readonly Line[] {
  return keys.map(({ shown, about }, at) => [
    span(padTo(at === 0 ? title : '', GROUP_COLUMNS), 'muted'),
    span(padTo(keyText(shown, theme), columns), 'key'),
    span(about),
  ]);
}

/** The marks, then the colours. */
function legend(width: number, theme: Theme): readonly Line[] {
  const section = (title: string, parts: readonly Line[]) =>
    flowed(parts, width - GROUP_COLUMNS, PART_GAP).map(
      (line, at): Line => [span(padTo(at === 0 ? title : '', GROUP_COLUMNS), 'muted'), ...line],
    );
  return [...section('marks', markParts(theme)), ...section('colours', colourParts())];
}
