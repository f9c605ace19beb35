/** A key that opens a screen. */
import type { ScreenState } from '../state/screen-state.ts';
import { topOf } from '../state/state.ts';
import type { KeyBinding } from './binding.ts';

/** Opens it; closes it when it is open already. Before the world is up there is nothing to show. */
export function open(screen: ScreenState, { always = false } = {}): KeyBinding['act'] {
  return (state) => {
    if (topOf(state).screen === screen.screen) return { type: 'back' };
    return always || state.regions.length > 0 ? { type: 'open', screen } : undefined;
  };
}
