/** Holds the state of the view between the lab, which tells it things, and React, which draws it. */
import type { LiveEvent } from '../../lab/live/protocol.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import { createRefresh } from './refresh.ts';
import type { ViewAction, ViewState } from './state/state.ts';
import { advance } from './tour/engine.ts';

export interface ViewStore {
  readonly get: () => ViewState;
  readonly dispatch: (event: LiveEvent | ViewAction) => void;
  /** Answers what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** What comes by itself and often: it can wait to be drawn together. */
const FREQUENT: readonly string[] = ['observed', 'judged', 'tick'];

export function createViewStore(initial: ViewState, clock: Pick<Clock, 'setTimer'>): ViewStore {
  let state = initial;
  const listeners = new Set<() => void>();
  const refresh = createRefresh(clock, () => {
    for (const listener of listeners) listener();
  });
  return {
    get: () => state,
    dispatch: (event) => {
      state = advance(state, event);
      if (FREQUENT.includes(event.type)) refresh.soon();
      else refresh.now();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
