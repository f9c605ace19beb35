/** The help, as lines: every key of the table, then what the marks mean. */
import { padTo } from './format.ts';
import { KEYS, type KeyGroup } from './keys.ts';
import { fitLine, type Line, span } from './line.ts';
import type { LinkState } from './links.ts';
import type { Theme } from './theme.ts';

const GROUPS: Readonly<Record<KeyGroup, string>> = { write: 'write', break: 'break', set: 'settings', look: 'look' };
const GROUP_COLUMNS = 10;
const KEY_COLUMNS = 17;
const MARKS: readonly (readonly [LinkState, string])[] = [
  ['ok', 'answers'],
  ['cut', 'cut or killed'],
  ['slow', 'slow'],
  ['paused', 'paused'],
  ['lost', 'no answer'],
];

export function helpLines({
  width,
  rows,
  theme,
}: {
  readonly width: number;
  readonly rows: number;
  readonly theme: Theme;
}): readonly Line[] {
  const lines = KEYS.map(({ shown, group, about }, at): Line => {
    const isFirst = KEYS[at - 1]?.group !== group;
    return [
      span(padTo(isFirst ? GROUPS[group] : '', GROUP_COLUMNS), 'muted'),
      span(padTo(keyText(shown, theme), KEY_COLUMNS), 'key'),
      span(about),
    ];
  });
  const marks = MARKS.flatMap(([state, about]) => [span(`${theme.links[state].mark} `, theme.links[state].role), span(`${about}  `)]);
  const legend: Line[] = [[span(padTo('marks', GROUP_COLUMNS), 'muted'), ...marks]];
  legend.push([span(padTo('', GROUP_COLUMNS)), span(`${theme.behind}3 `, 'warning'), span('three versions behind the origin')]);
  return Array.from({ length: rows }, (_, at) => fitLine([...lines, ...legend][at] ?? [], width));
}

function keyText(shown: string, theme: Theme): string {
  return theme.isAscii ? shown.replace('→', 'Right').replace('←', 'Left') : shown;
}
