/** One run of the program: where it writes, what stops it, the exit code it ends with. */
import { EXIT, type ExitCode, worstOf } from '../lab/errors.ts';
import type { CliEnvironment } from './environment.ts';
import { createOutput, type Output } from './output.ts';
import { readVersion } from './program-files.ts';

/** What every command is given. */
export interface Session {
  readonly environment: CliEnvironment;
  readonly output: Output;
  /** Aborted by the first signal, or when standard output is gone. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly argv: readonly string[];
  exitWith(code: ExitCode): void;
  /** Called when a second signal ends the process at once: what can still be said and put back, without waiting. */
  onAbandon(listener: () => void): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function createSession(environment: CliEnvironment, argv: readonly string[]): Session {
  const stop = new AbortController();
  let worst: ExitCode = EXIT.pass;
  let abandon = () => {};
  const exitWith = (code: ExitCode) => {
    worst = worstOf([worst, code]);
    process.exitCode = worst;
  };
  const output = createOutput(environment, (failed) => {
    if (failed) exitWith(EXIT.failed);
    stop.abort(new Error('standard output is closed'));
  });
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stop.signal.aborted) {
        abandon();
        process.exit(EXIT.interrupted);
      }
      output.note(`${signal}: stopping everything; once more leaves at once`);
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  const onAbandon = (listener: () => void) => {
    abandon = listener;
  };
  return { environment, output, signal: stop.signal, version: readVersion(), argv, exitWith, onAbandon };
}
