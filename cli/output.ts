/**
 * Where lines go. A reader that closes the pipe ends the program quietly; any other failed write is the lab's failure,
 * for a verdict that was not written is not a verdict.
 */
import { printable } from '../lab/input/printable.ts';
import type { Progress } from '../lab/outputs/output.ts';
import type { CliEnvironment } from './environment.ts';
import type { Outlets } from './outlets.ts';
import { asTyped } from './started-as.ts';

export interface Output {
  /** Results: standard output. */
  line(text: string): void;
  /** Progress and errors: standard error. */
  note(text: string): void;
  /** What services log: standard error, and when nobody reads it not all of it. */
  log(text: string): void;
  /** What is shown elsewhere, with its commands as they were typed: what goes out here is so by itself. */
  typed(text: string): string;
  /** Standard error, too. Whatever is written beside it stays whole. */
  readonly progress: Progress;
  /** From here on everything waits, for the screen belongs to somebody else; the answer lets it out. */
  hold(): () => void;
}

/** To the begin of the line, and all of it away. */
const WIPE = '\r\u001b[2K';
const SHOWN_EVERY_MS = 500;
const TOLD_EVERY_MS = 5_000;
const COLUMNS = 80;

function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

export interface OutputOptions {
  readonly outlets: Outlets;
  /** As it was started: `started-as.ts`. */
  readonly program: string;
  /** Hears that nobody reads standard output any more; `failed` when it broke for another reason than a closed pipe. */
  readonly onGone: (failed: boolean) => void;
}

export function createOutput({ stdout, stderr, variables }: CliEnvironment, { outlets, program, onGone }: OutputOptions): Output {
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
  const typed = (text: string) => asTyped(text, program);
  let isTelling = false;
  const wipe = () => {
    if (isTelling) outlets.stderr.write(WIPE);
    isTelling = false;
  };
  const sendWhole = (write: () => void) =>
    send(() => {
      wipe();
      write();
    });
  const canWipe = stderr.isTTY && variables['TERM'] !== 'dumb';
  return {
    typed,
    line: (text) => sendWhole(() => outlets.stdout.write(`${typed(text)}\n`)),
    note: (text) => sendWhole(() => outlets.stderr.write(`${typed(text)}\n`)),
    log: (text) => sendWhole(() => outlets.stderr.writeSpare(`${printable(text)}\n`)),
    progress: {
      everyMs: canWipe ? SHOWN_EVERY_MS : TOLD_EVERY_MS,
      tell: (text) => {
        if (held !== undefined) return;
        if (!canWipe) return outlets.stderr.write(`${text}\n`);
        // A reader that takes nothing gets the latest when it reads again, and not all that was before.
        if (!outlets.stderr.isFree) return;
        outlets.stderr.write(`${WIPE}${fitted(text, (stderr.columns ?? COLUMNS) - 1)}`);
        isTelling = true;
      },
      end: () => send(wipe),
    },
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
