/**
 * A session of which nobody hears anything: for programs whose commands are looked at, or run with actions of their
 * own.
 */
import { systemEnvironment } from '../environment.ts';
import type { Session } from '../session.ts';

export function silentSession(argv: readonly string[]): Session {
  const nothing = () => {};
  const outlet = { write: nothing, writeSpare: nothing, isFree: true, whenFree: nothing };
  return {
    environment: { ...systemEnvironment, variables: {} },
    output: {
      typed: (text) => text,
      line: nothing,
      note: nothing,
      log: nothing,
      progress: { everyMs: 1, tell: nothing, end: nothing },
      hold: () => nothing,
    },
    outlets: { stdout: outlet, stderr: outlet, taken: async () => true, takenSoon: async () => {} },
    signal: new AbortController().signal,
    version: '',
    argv,
    exitWith: nothing,
    onAbandon: nothing,
    leave: nothing,
    end: async () => {},
  };
}
