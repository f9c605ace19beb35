/**
 * What a key does, so that no key is pressed in vain. A key that would change nothing on the screen and do nothing
 * elsewhere is answered in words instead. So nothing can be scrolled further than it goes, either.
 */
import { actionsOf, bindingOf } from './dispatch.ts';
import type { ScreenSize } from './draw/layout.ts';
import type { Line } from './draw/line.ts';
import { createTheme } from './draw/theme.ts';
import { frameLines } from './frame.ts';
import { reduce } from './state/reduce.ts';
import type { ViewAction, ViewState } from './state/state.ts';

/** Whatever else is drawn: texts and what they mean are the same in all of them. */
const THEME = createTheme();
/** What acts outside the state. */
const ACTING: readonly ViewAction['type'][] = ['sent', 'leave', 'stop', 'repaint', 'copy'];

export function answersTo(state: ViewState, key: string, size: ScreenSize): readonly ViewAction[] {
  const actions = actionsOf(state, key);
  if (actions.some(({ type }) => ACTING.includes(type)) || state.phase === 'leaving') return actions;
  const isSeen = actions.length > 0 && !isSameFrame(frameLines(actions.reduce(reduce, state), size, THEME), frameLines(state, size, THEME));
  const binding = bindingOf(state, key);
  // What was never a key needs no answer.
  if (isSeen || (actions.length === 0 && binding === undefined)) return actions;
  const isUp = state.regions.length > 0;
  return [{ type: 'echo', text: isUp ? (binding?.nothing ?? 'this key does nothing here') : 'the world is not up yet' }];
}

/** Most of what a key changes is in the first lines. */
function isSameFrame(one: readonly Line[], other: readonly Line[]): boolean {
  return one.length === other.length && one.every((line, at) => isSameLine(line, other[at] ?? []));
}

function isSameLine(one: Line, other: Line): boolean {
  return one.length === other.length && one.every(({ text, role }, at) => text === other[at]?.text && role === other[at]?.role);
}
