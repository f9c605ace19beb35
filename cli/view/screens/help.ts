/** The help: what marks and colours mean, then every key that holds in the screen it was opened on. */
import { padTo, widthOf } from '../draw/format.ts';
import { flowed, type Line, span } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import { wrapped } from '../draw/wrap.ts';
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
  const all = [...legend(width, theme), ...holding.flatMap(({ title, keys }) => sectionLines({ title, keys, columns, width, theme }))];
  return scrolledLines(all, scroll, room);
}

interface SectionOptions extends KeySection {
  readonly columns: number;
  readonly width: number;
  readonly theme: Theme;
}

function sectionLines({ title, keys, columns, width, theme }: SectionOptions): readonly Line[] {
  const indent = GROUP_COLUMNS + columns;
  return keys.flatMap(({ shown, about }, at) => {
    const [first = '', ...others] = wrapped(about, Math.max(1, width - indent));
    return [
      [span(padTo(at === 0 ? title : '', GROUP_COLUMNS), 'muted'), span(padTo(keyText(shown, theme), columns), 'key'), span(first)],
      ...others.map((line): Line => [span(' '.repeat(indent) + line)]),
    ];
  });
}

/** The marks, then the colours. */
function legend(width: number, theme: Theme): readonly Line[] {
  const section = (title: string, parts: readonly Line[]) =>
    flowed(parts, width - GROUP_COLUMNS, PART_GAP).map(
      (line, at): Line => [span(padTo(at === 0 ? title : '', GROUP_COLUMNS), 'muted'), ...line],
    );
  return [...section('marks', markParts(theme)), ...section('colours', colourParts())];
}
