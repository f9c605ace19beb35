/** One run of the program: where it writes, what stops it, the exit code it ends with. */
import { EXIT, type ExitCode, worstOf } from '../lab/errors.ts';
import { systemClock } from '../services/runtime/clock.ts';
import type { CliEnvironment } from './environment.ts';
import { type Outlets, openOutlets } from './outlets.ts';
import { createOutput, type Output } from './output.ts';
import { readVersion } from './program-files.ts';
import { startedAs } from './started-as.ts';

/** What every command is given. */
export interface Session {
  readonly environment: CliEnvironment;
  /** For lines. */
  readonly output: Output;
  /** For whoever has the whole terminal. */
  readonly outlets: Outlets;
  /** Aborted by the first signal, or when standard output is gone. */
  readonly signal: AbortSignal;
  readonly version: string;
  readonly argv: readonly string[];
  exitWith(code: ExitCode): void;
  /** Called when a second signal ends the process at once: what can still be said and put back, without waiting. */
  onAbandon(listener: () => void): void;
  /**
   * Ends the process, whatever is under way. What was said has two seconds to come out; `code`: left out, that of
   * `exitWith`.
   */
  leave(code?: ExitCode): void;
  /** When everything is done: the process ends by itself, and a terminal that nobody reads does not keep it. */
  end(): Promise<void>;
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
  const outlets = openOutlets(environment, systemClock);
  const output = createOutput(environment, {
    outlets,
    program: startedAs(environment.variables, process.argv[1] ?? '', process.cwd()),
    onGone: (failed) => {
      if (failed) exitWith(EXIT.failed);
      stop.abort(new Error('standard output is closed'));
    },
  });
  let isLeaving = false;
  const leave = (code: ExitCode = worst) => {
    if (isLeaving) process.exit(code);
    isLeaving = true;
    void outlets.takenSoon().then(() => process.exit(code));
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        output.note(`${signal}: stopping everything; a second ${signal} leaves at once`);
        return stop.abort(new Error(`stopped by ${signal}`));
      }
      if (!isLeaving) abandon();
      leave(EXIT.interrupted);
    });
  }
  const onAbandon = (listener: () => void) => {
    abandon = listener;
  };
  const end = async () => {
    if (!(await outlets.taken())) process.exit();
  };
  return { environment, output, outlets, signal: stop.signal, version: readVersion(), argv, exitWith, onAbandon, leave, end };
}
