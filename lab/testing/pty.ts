/**
 * A program in a real pseudo-terminal (node-pty, owned by this file), with an emulator (xterm) that shows what a person
 * would see of it. For tests and benchmarks.
 */
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { systemClock } from '../../services/runtime/clock.ts';

export interface PtyOptions {
  readonly command: string;
  readonly words: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/**
 * A run of characters that look alike. `colour`: `#rrggbb`, or the number of one of the terminal's 256; undefined: its
 * own.
 */
export interface StyledRun {
  /** Columns from the left. */
  readonly column: number;
  readonly text: string;
  readonly colour: string | number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

export interface Pty {
  readonly pid: number;
  /** The lines on the screen now, without blanks at their ends. */
  screen(): readonly string[];
  /** The same with their colours, for pictures. */
  styledScreen(): readonly (readonly StyledRun[])[];
  /** Everything the program has written, byte for byte. */
  written(): string;
  /** Lines that have scrolled off the top of the normal screen. */
  scrollback(): readonly string[];
  /** Resolves with the screen as soon as it holds; rejects after `withinMs` with what was there. */
  until(holds: (screen: readonly string[]) => boolean, what: string, withinMs?: number): Promise<readonly string[]>;
  press(keys: string): void;
  /**
   * From here on nobody reads what the program writes, as with a terminal that hangs; `read` again takes what has
   * gathered.
   */
  leaveUnread(): void;
  read(): void;
  resize(columns: number, rows: number): void;
  kill(signal: string): void;
  readonly ended: Promise<{ readonly code: number; readonly signal: number | undefined }>;
}

/** Many times what anything takes: on a busy machine a world alone needs half a minute to start. */
const UNTIL_MS = 120_000;

export function startPty({ command, words, columns, rows, environment = {}, cwd }: PtyOptions): Pty {
  const env = { ...process.env, TERM: 'xterm-256color', CI: '', LC_ALL: 'C.UTF-8', ...environment };
  const child = spawn(command, [...words], { cols: columns, rows, env, ...(cwd === undefined ? {} : { cwd }) });
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 10_000 });
  const listeners = new Set<() => void>();
  let written = '';
  child.onData((data) => {
    written += data;
    emulator.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  const ended = new Promise<{ code: number; signal: number | undefined }>((resolve) => {
    child.onExit(({ exitCode, signal }) => resolve({ code: exitCode, signal }));
  });
  // The emulator keeps what stood beyond the edge of a screen that was made narrower; nobody sees it.
  const linesOf = (from: number, count: number, buffer = emulator.buffer.active) =>
    Array.from({ length: count }, (_, at) => buffer.getLine(from + at)?.translateToString(true, 0, emulator.cols) ?? '');
  const screen = () => linesOf(emulator.buffer.active.viewportY, emulator.rows);
  const styledScreen = () =>
    Array.from({ length: emulator.rows }, (_, row) =>
      runsOf(emulator.buffer.active.getLine(emulator.buffer.active.viewportY + row), emulator.cols),
    );
  const until = (holds: (lines: readonly string[]) => boolean, what: string, withinMs = UNTIL_MS) =>
    new Promise<readonly string[]>((resolve, reject) => {
      const overdue = systemClock.setTimer(withinMs, () => {
        listeners.delete(look);
        reject(new Error(`${what}: not on the screen after ${withinMs} ms:\n${screen().join('\n')}`));
      });
      const look = () => {
        const lines = screen();
        if (!holds(lines)) return;
        overdue.cancel();
        listeners.delete(look);
        resolve(lines);
      };
      listeners.add(look);
      look();
    });
  return {
    pid: child.pid,
    screen,
    styledScreen,
    written: () => written,
    scrollback: () => linesOf(0, emulator.buffer.normal.baseY, emulator.buffer.normal),
    until,
    press: (keys) => child.write(keys),
    leaveUnread: () => child.pause(),
    read: () => child.resume(),
    resize: (toColumns, toRows) => {
      emulator.resize(toColumns, toRows);
      child.resize(toColumns, toRows);
    },
    kill: (signal) => child.kill(signal),
    ended,
  };
}

type BufferLine = NonNullable<ReturnType<InstanceType<typeof xterm.Terminal>['buffer']['active']['getLine']>>;

function runsOf(line: BufferLine | undefined, columns: number): readonly StyledRun[] {
  const runs: StyledRun[] = [];
  for (let column = 0; column < columns; column += 1) {
    const cell = line?.getCell(column);
    // The second half of a wide character.
    if (cell === undefined || cell.getWidth() === 0) continue;
    const colour = cell.isFgRGB()
      ? `#${cell.getFgColor().toString(16).padStart(6, '0')}`
      : cell.isFgPalette()
        ? cell.getFgColor()
        : undefined;
    const next: StyledRun = { column, text: cell.getChars() || ' ', colour, isBold: cell.isBold() !== 0, isDim: cell.isDim() !== 0 };
    const last = runs.at(-1);
    const isAlike = last !== undefined && last.colour === next.colour && last.isBold === next.isBold && last.isDim === next.isDim;
    if (isAlike) runs[runs.length - 1] = { ...last, text: last.text + next.text };
    else runs.push(next);
  }
  return runs;
}
