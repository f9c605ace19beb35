/** The keys, and what a screen reader says: the part of the view that is made with Ink. It turns keys into actions. */
import { type Instance, render, useInput, usePaste } from 'ink';
import { useSyncExternalStore } from 'react';
import { actionsOf, takesText } from './dispatch.ts';
import { plain } from './format.ts';
import { keyNames } from './key-names.ts';
import { Spoken } from './spoken.tsx';
import type { ViewAction } from './state.ts';
import type { ViewStore } from './store.ts';
import { unpainted } from './unpainted.ts';

export interface AppProps {
  readonly store: ViewStore;
  /** Lines for a screen reader; without, nothing is drawn here. */
  readonly isSpoken: boolean;
  readonly onAction: (action: ViewAction) => void;
}

const PASTED_MAX = 200;

export function App({ store, isSpoken, onAction }: AppProps) {
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
  return isSpoken ? <Told store={store} /> : null;
}

function Told({ store }: { readonly store: ViewStore }) {
  return <Spoken state={useSyncExternalStore(store.subscribe, store.get)} />;
}

export interface MountOptions extends AppProps {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

export type MountedApp = Pick<Instance, 'unmount' | 'waitUntilExit' | 'waitUntilRenderFlush'>;

export function mountApp({ stdin, stdout, ...props }: MountOptions): MountedApp {
  return render(<App {...props} />, {
    stdin,
    stdout: props.isSpoken ? stdout : unpainted(stdout),
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
}
