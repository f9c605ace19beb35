/**
 * The interface of a screen: its keys, and its lines. A new one is a file, a shape in `screen-state.ts`, a line in
 * `screens.ts` and a key that opens it.
 */

import type { Line } from '../draw/line.ts';
import type { Theme } from '../draw/theme.ts';
import type { Actions, KeyBinding } from '../keys/binding.ts';
import type { ScreenName, ScreenOf } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';

export interface Room {
  readonly width: number;
  readonly rows: number;
  readonly theme: Theme;
  /** What holds in the screen below this one. */
  readonly holding: readonly KeySection[];
}

export interface KeySection {
  readonly title: string;
  readonly keys: readonly KeyBinding[];
}

export interface Screen<Name extends ScreenName = ScreenName> {
  readonly name: Name;
  /** As help and docs call it. */
  readonly title: string;
  /** Its own keys, which come before all others. */
  readonly keys: readonly KeyBinding[];
  /** Which others hold in it: all that hold on the overview, those that leave, or those alone that always hold. */
  readonly others: 'all' | 'leave' | 'always';
  /** A character that no key has taken. */
  readonly onText?: (state: ViewState, screen: ScreenOf<Name>, text: string) => Actions;
  /** `body`: between header and line of keys. `prompt`: at the bottom, below the screen it was opened on. */
  readonly place: 'body' | 'prompt';
  /** Exactly `rows` lines of `width` columns for a body; for a prompt as many as it needs, at most `rows`. */
  readonly lines: (state: ViewState, screen: ScreenOf<Name>, room: Room) => readonly Line[];
  /** For a screen reader, of a screen that changes by itself: sentences, each said when it is new. */
  readonly said?: (state: ViewState, screen: ScreenOf<Name>) => readonly string[];
  /**
   * For a screen reader, of another screen that changes by itself: its lines are said when it is opened, and again when
   * `again` gives something else. Without `said` and this its lines are shown as they stand.
   */
  readonly saidOnce?: { readonly again?: (state: ViewState) => unknown };
}

/** As many as there is room for, and empty ones after them. */
export function filledTo(lines: readonly Line[], rows: number): readonly Line[] {
  return Array.from({ length: rows }, (_, at) => lines[at] ?? []);
}
