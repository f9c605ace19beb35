/** The bundled program in a pseudo-terminal, between two looks at the terminal's modes, as a shell would run it. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Pty, startPty } from '../../lab/testing/pty.ts';
import { toCommand } from '../quote.ts';
import { PANEL_ROWS } from '../view/draw/layout.ts';
import { BIN } from './bundle.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface LabTerminal extends Pty {
  /** Of the program itself. */
  readonly labPid: Promise<number>;
  /** Once it has ended: its exit code, and the terminal's modes before and after. */
  left(): Promise<{ readonly code: number; readonly before: string; readonly after: string; readonly said: string }>;
}

/** The program alone in its terminal, without a shell that would wait for the terminal as well. */
export function openBare({ columns = 80, rows = 24, words = ['--ports', 'auto'], environment = {} }: TerminalOptions = {}): Pty {
  const env = { EDGESYNC_BACKEND: 'embedded', ...environment };
  return startPty({ command: process.execPath, words: [BIN, ...words], columns, rows, environment: env, cwd: ROOT });
}

const [XOFF, XON] = ['\u0013', '\u0011'];

/**
 * Ctrl-S: the terminal takes nothing more, at once. A program that takes every key for itself is told so from
 * elsewhere.
 */
export async function stopOutput(pty: Pty): Promise<void> {
  await promisify(execFile)('stty', ['-F', `/proc/${pty.pid}/fd/0`, 'ixon', '-ixany']);
  pty.press(XOFF);
}

/** Ctrl-Q. */
export function startOutput(pty: Pty): void {
  pty.press(XON);
}

export function openLab({ columns = 80, rows = 24, words = ['--ports', 'auto'], environment = {} }: TerminalOptions = {}): LabTerminal {
  const program = toCommand(['exec', process.execPath, BIN, ...words]);
  // The inner shell tells its id, then becomes the program.
  const script = `echo before $(stty -g); ${toCommand(['sh', '-c', `echo pid $$; ${program}`])}; echo left-with $?; echo after $(stty -g)`;
  const pty = startPty({
    command: 'sh',
    words: ['-c', script],
    columns,
    rows,
    environment: { EDGESYNC_BACKEND: 'embedded', ...environment },
    cwd: ROOT,
  });
  const word = (pattern: RegExp) => pattern.exec(pty.written())?.[1] ?? '';
  const labPid = pty.until(() => word(/^pid (\d+)/m) !== '', 'the program started').then(() => Number(word(/^pid (\d+)/m)));
  return {
    ...pty,
    labPid,
    left: async () => {
      await pty.ended;
      // What was said after the alternate screen was left.
      const [, said = ''] = pty.written().split('[?1049l');
      const code = word(/left-with (\d+)/);
      if (code === '') throw new Error(`the program did not end in order: ${pty.written().slice(-1000)}`);
      return { code: Number(code), before: word(/^before (\S+)/m), after: word(/^after (\S+)/m), said };
    },
  };
}

export const shows = (text: string | RegExp) => (screen: readonly string[]) =>
  screen.some((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)));

/** One header on top, one line of keys below, panels as wide as the screen: nothing wrapped, cut off or left over. */
export function isWhole(screen: readonly string[], columns: number): boolean {
  const isHeader = (line: string) => line.startsWith('EdgeSync Lab');
  const isFooter = (line: string) => line.endsWith('q quit');
  const framed = screen.filter((line) => /^[╭┏│┃╰┗]/.test(line));
  return (
    screen.filter(isHeader).length === 1 &&
    isHeader(screen[0] ?? '') &&
    screen.filter(isFooter).length === 1 &&
    isFooter(screen.at(-1) ?? '') &&
    framed.length > PANEL_ROWS &&
    framed.every((line) => [...line].length === columns)
  );
}

/** Whether an edge reaches the log, as it tells itself: for that nobody need read the screen. */
export async function isConnectedToLog(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/metrics`, { headers: { accept: 'application/json' } });
  return ((await answer.json()) as { log: { connected: boolean } }).log.connected;
}
