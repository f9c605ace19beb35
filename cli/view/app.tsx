/** The view and its keys: draws what the store holds, turns keys into actions. */
import { useInput, usePaste, useWindowSize } from 'ink';
import { useSyncExternalStore } from 'react';
import { keyNames } from './key-names.ts';
import { actionOf } from './keys.ts';
import { Screen } from './screen.tsx';
import type { ViewAction } from './state.ts';
import type { ViewStore } from './store.ts';
import { type Theme, ThemeProvider } from './theme.ts';

export interface AppProps {
  readonly store: ViewStore;
  readonly theme: Theme;
  readonly onAction: (action: ViewAction) => void;
}

export function App({ store, theme, onAction }: AppProps) {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const size = useWindowSize();
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const action = actionOf(store.get(), name);
      if (action !== undefined) onAction(action);
    }
  });
  // What is pasted is no command.
  usePaste(() => {});
  return (
    <ThemeProvider value={theme}>
      <Screen state={state} size={size} />
    </ThemeProvider>
  );
}
