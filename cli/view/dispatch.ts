/**
 * From a key to what it does: the keys of the screen on top come first, then those that hold everywhere, then a screen
 * that takes text takes the rest. The same tables are the help and the line of keys, so that none can tell another
 * story.
 */

import { askedInPast } from './keys/ask-in-past.ts';
import { type KeyBinding, listOf } from './keys/binding.ts';
import { ALWAYS } from './keys/global.ts';
import { everywhere, NO_OWN_KEYS, type OwnKeys } from './keys/rebound.ts';
import type { KeySection } from './screens/screen.ts';
import { type AnyScreen, screenOf } from './screens/screens.ts';
import { OVERVIEW, type ScreenState } from './state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from './state/state.ts';

const GROUP_TITLES = { write: 'write', break: 'break', set: 'settings', look: 'look' } as const;

function othersIn({ others }: Pick<AnyScreen, 'others'>, ownKeys: OwnKeys): readonly KeyBinding[] {
  const isLeaving = (binding: KeyBinding) => binding.name === 'quit' || ALWAYS.includes(binding);
  return others === 'all' ? everywhere(ownKeys) : others === 'leave' ? everywhere(ownKeys).filter(isLeaving) : ALWAYS;
}

/** Every key that holds in a screen, those first that are its own. */
export function bindingsIn(state: ScreenState, ownKeys: OwnKeys = NO_OWN_KEYS): readonly KeyBinding[] {
  const screen = screenOf(state);
  const taken = new Set(screen.keys.flatMap(({ keys }) => keys));
  return [...screen.keys, ...othersIn(screen, ownKeys).filter(({ keys }) => !keys.every((key) => taken.has(key)))];
}

/** The same in sections, for the help. */
export function sectionsIn(state: ScreenState, ownKeys: OwnKeys = NO_OWN_KEYS): readonly KeySection[] {
  const screen = screenOf(state);
  const others = bindingsIn(state, ownKeys).slice(screen.keys.length);
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => ({ title, keys: others.filter((key) => key.group === group) }));
  return [{ title: screen.title, keys: screen.keys }, ...groups].filter(({ keys }) => keys.length > 0);
}

/** Whether letters are letters: in a prompt, and in a form. */
export function takesText(state: ViewState): boolean {
  const top = topOf(state);
  return screenOf(top).onText !== undefined && !(top.screen === 'menu' && top.form === undefined);
}

/** The screen below a prompt, or below the help: what the keys of the help are told of. */
export function belowTop({ screens }: Pick<ViewState, 'screens'>): ScreenState {
  return screens.at(-2) ?? OVERVIEW;
}

/** undefined: it is no key here, or a character where text is typed. */
export function bindingOf(state: ViewState, key: string): KeyBinding | undefined {
  const screen = screenOf(topOf(state));
  return [...screen.keys, ...othersIn(screen, state.ownKeys)].find(({ keys }) => keys.includes(key));
}

export function actionsOf(state: ViewState, key: string): readonly ViewAction[] {
  return askedInPast(state, actionsNow(state, key));
}

function actionsNow(state: ViewState, key: string): readonly ViewAction[] {
  // Whoever leaves can only stop waiting.
  if (state.phase === 'leaving') return listOf(ALWAYS.find(({ keys }) => keys.includes(key))?.act(state, key));
  const top = topOf(state);
  const screen = screenOf(top);
  const binding = bindingOf(state, key);
  if (binding !== undefined) return listOf(binding.act(state, key));
  const isCharacter = [...key].length === 1;
  return isCharacter && screen.onText !== undefined ? listOf(screen.onText(state, top, key)) : [];
}
