/** The view and its keys: draws what the store holds, turns keys into actions. */
import { useInput, usePaste, useWindowSize } from 'ink';
import { useSyncExternalStore } from 'react';
import { actionsOf, takesText } from './dispatch.ts';
import { plain } from './format.ts';
import { keyNames } from './key-names.ts';
import { Screen } from './screen.tsx';
import { Spoken } from './spoken.tsx';
import type { ViewAction } from './state.ts';
import type { ViewStore } from './store.ts';
import { type Theme, ThemeProvider } from './theme.ts';

export interface AppProps {
  readonly store: ViewStore;
  readonly theme: Theme;
  readonly isSpoken: boolean;
  readonly onAction: (action: ViewAction) => void;
}

const PASTED_MAX = 200;

export function App({ store, theme, isSpoken, onAction }: AppProps) {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const size = useWindowSize();
  useInput((input, key) => {
    for (const name of keyNames(input, key, { isText: takesText(store.get()) }))
      for (const action of actionsOf(store.get(), name)) onAction(action);
  });
  // What is pasted is text where text is asked for, and no command anywhere.
  usePaste((text) => {
    if (!takesText(store.get())) return;
    for (const character of [...plain(text.split(/\r|\n/)[0] ?? '')].slice(0, PASTED_MAX))
      for (const action of actionsOf(store.get(), character)) onAction(action);
  });
  return <ThemeProvider value={theme}>{isSpoken ? <Spoken state={state} /> : <Screen state={state} size={size} />}</ThemeProvider>;
}
