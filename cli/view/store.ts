/** Holds the state of the view between the lab, which tells it things, and React, which draws it. */
import type { LiveEvent } from '../../lab/live/live-lab.ts';
import { INITIAL_STATE, reduce, type ViewAction, type ViewState } from './state.ts';

export interface ViewStore {
  readonly get: () => ViewState;
  readonly dispatch: (event: LiveEvent | ViewAction) => void;
  /** Answers what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createViewStore(initial: ViewState = INITIAL_STATE): ViewStore {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch: (event) => {
      state = reduce(state, event);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
