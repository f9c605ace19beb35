/**
 * Where lines go. A reader that closes the pipe ends the program quietly; any other failed write is the lab's failure, for
 * a verdict that was not written is not a verdict.
 */
import type { CliEnvironment } from './environment.ts';

export interface Output {
  /** Results: standard output. */
  line(text: string): void;
  /** Progress and errors: standard error. */
  note(text: string): void;
  /** From here on everything waits, for the screen belongs to somebody else; the answer lets it out. */
  hold(): () => void;
}

/** `onGone` hears that nobody reads standard output any more; `failed` when it broke for another reason than a closed pipe. */
export function createOutput({ stdout, stderr }: CliEnvironment, onGone: (failed: boolean) => void): Output {
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    const failed = error.code !== 'EPIPE';
    if (failed) stderr.write(`standard output cannot be written: ${error.message}\n`);
    onGone(failed);
  });
  stderr.on('error', () => {});
  let held: (() => void)[] | undefined;
  const write = (stream: NodeJS.WriteStream, text: string) => {
    const send = () => void stream.write(`${text}\n`);
    if (held === undefined) send();
    else held.push(send);
  };
  return {
    line: (text) => write(stdout, text),
    note: (text) => write(stderr, text),
    hold: () => {
      held = [];
      return () => {
        const waiting = held ?? [];
        held = undefined;
        for (const send of waiting) send();
      };
    },
  };
}
