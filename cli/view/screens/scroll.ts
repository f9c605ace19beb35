/** Screens that may be longer than their room: the keys that scroll them, and the part of them that is seen. */

import { fitLine, type Line, span } from '../draw/line.ts';
import type { KeyBinding } from '../keys/binding.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { filledTo, type Room } from './screen.ts';

type Scrolling = Extract<ScreenState, { readonly scroll: number }>['screen'];

interface ScrollOptions {
  readonly screen: Scrolling;
  /** Lines; it scrolls no further. */
  readonly scrollMax: number;
  /** Whether there is anything to scroll now; left out: always. */
  readonly scrolls?: (state: ViewState) => boolean;
}

export function scrollKeys(options: ScrollOptions): readonly KeyBinding[] {
  const down = { shown: '↓, j', short: 'down', about: 'scroll down', nothing: 'this is the end', act: scrolled(options, 1) };
  const up = { shown: '↑, k', short: 'up', about: 'scroll up', nothing: 'this is the beginning', act: scrolled(options, -1) };
  return [
    { keys: ['down', 'j', 'pagedown'], group: 'look', ...down },
    { keys: ['up', 'k', 'pageup'], group: 'look', ...up },
  ];
}

function scrolled({ screen, scrollMax, scrolls = () => true }: ScrollOptions, by: number): KeyBinding['act'] {
  return (state) => {
    const top = topOf(state);
    if (top.screen !== screen || !scrolls(state)) return undefined;
    return { type: 'change', screen: { ...top, scroll: Math.min(scrollMax, Math.max(0, top.scroll + by)) } };
  };
}

/** `rows` lines of `all`, from `scroll` on; the last of them says how many are left. */
export function scrolledLines(all: readonly Line[], scroll: number, { width, rows }: Pick<Room, 'width' | 'rows'>): readonly Line[] {
  const first = Math.max(0, Math.min(scroll, all.length - rows));
  const shown = all.slice(first, first + rows);
  const left = all.length - first - shown.length;
  if (left > 0) shown[rows - 1] = [span(`${left + 1} more lines below: j or the arrow`, 'muted')];
  return filledTo(shown, rows).map((line) => fitLine(line, width));
}
