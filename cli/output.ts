/**
 * Where lines go. A reader that closes the pipe ends the program quietly; any other failed write is the lab's failure, for
 * a verdict that was not written is not a verdict.
 */
import { printable } from '../lab/input/printable.ts';
import type { CliEnvironment } from './environment.ts';
import type { Outlets } from './outlets.ts';

export interface Output {
  /** Results: standard output. */
  line(text: string): void;
  /** Progress and errors: standard error. */
  note(text: string): void;
  /** What services log: standard error, and when nobody reads it not all of it. */
  log(text: string): void;
  /** From here on everything waits, for the screen belongs to somebody else; the answer lets it out. */
  hold(): () => void;
}

/** `onGone` hears that nobody reads standard output any more; `failed` when it broke for another reason than a closed pipe. */
export function createOutput({ stdout, stderr }: CliEnvironment, outlets: Outlets, onGone: (failed: boolean) => void): Output {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    const failed = error.code !== 'EPIPE';
    if (failed) outlets.stderr.write(`standard output cannot be written: ${error.message}\n`);
    onGone(failed);
  });
  stderr.on('error', () => {});
  let held: (() => void)[] | undefined;
  const send = (write: () => void) => {
    if (held === undefined) write();
    else held.push(write);
  };
  return {
    line: (text) => send(() => outlets.stdout.write(`${text}\n`)),
    note: (text) => send(() => outlets.stderr.write(`${text}\n`)),
    log: (text) => send(() => outlets.stderr.writeSpare(`${printable(text)}\n`)),
    hold: () => {
      held = [];
      return () => {
        const waiting = held ?? [];
        held = undefined;
        for (const write of waiting) write();
      };
    },
  };
}
