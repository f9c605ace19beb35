/** What a screen reader says: the part of the view that is made with Ink. */
import { type Instance, render } from 'ink';
import { useSyncExternalStore } from 'react';
import type { Display } from './display.ts';
import { inkStdout } from './ink-stdout.ts';
import { Spoken } from './spoken.tsx';
import type { ViewStore } from './store.ts';

type StateSource = Pick<ViewStore, 'get' | 'subscribe'>;

function App({ store }: { readonly store: StateSource }) {
  return <Spoken state={useSyncExternalStore(store.subscribe, store.get)} />;
}

export interface MountOptions {
  readonly store: StateSource;
  readonly stdout: NodeJS.WriteStream;
  readonly display: Display;
}

export interface MountedApp extends Pick<Instance, 'unmount' | 'waitUntilExit' | 'waitUntilRenderFlush' | 'clear'> {
  /** After `clear`, or after somebody else wrote there. */
  redraw(): void;
}

export function mountApp({ store, stdout, display }: MountOptions): MountedApp {
  const app = () => <App store={paced(store, display)} />;
  const instance = render(app(), {
    stdout: inkStdout(stdout, display),
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return { ...instance, redraw: () => instance.rerender(app()) };
}

/** Says nothing before what was said last is taken; then everything that is new since. */
function paced({ get, subscribe }: StateSource, display: Pick<Display, 'whenFree'>): StateSource {
  return { get, subscribe: (listener) => subscribe(() => display.whenFree(listener)) };
}
