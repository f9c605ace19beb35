/** A key and what it does; the shape of every table of keys. */
import type { ViewAction, ViewState } from '../state/state.ts';
import type { RegionState } from '../state/watched.ts';

export type KeyGroup = 'write' | 'break' | 'set' | 'look';

/** Nothing: there is nothing to do now. */
export type Actions = ViewAction | readonly ViewAction[] | undefined;

export interface KeyBinding {
  /** By which the configuration file gives it another key; undefined: it keeps its own. */
  readonly name?: string;
  /** Names as `input/key-names.ts` gives them. */
  readonly keys: readonly string[];
  /** As help, footer and docs write it. */
  readonly shown: string;
  readonly group: KeyGroup;
  /** For the line of keys; undefined: in help only. */
  readonly short?: string;
  /** In its place where the key does something else now. */
  readonly shortNow?: (state: ViewState) => string | undefined;
  readonly about: string;
  /** The answer where there is nothing to do; left out: that there is nothing. */
  readonly nothing?: string;
  readonly act: (state: ViewState, key: string) => Actions;
}

export function selectedOf(state: ViewState): RegionState | undefined {
  return state.regions[state.selected];
}

export function listOf(actions: Actions): readonly ViewAction[] {
  if (actions === undefined) return [];
  return 'type' in actions ? [actions] : actions;
}
