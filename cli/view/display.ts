/** The terminal as the view draws on it: how large it is, and a way out that never waits for it. */
import type { Outlet } from '../outlets.ts';
import type { ScreenSize } from './draw/layout.ts';

export interface Display extends Omit<Outlet, 'writeSpare'> {
  size(): ScreenSize;
  /** Asks the terminal again, which tells only the program in front that its size is another. */
  askSize(): void;
  /** Answers what ends it. */
  onResize(listener: () => void): () => void;
}

export interface DisplayOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly outlet: Outlet;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Of a terminal that does not tell, as any other program takes it. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };
/** No terminal is larger; a variable may say anything. */
const SIDE_MAX = 1_000;

/** What the terminal says; where it says nothing, or 0, what the environment says. */
export function sizeOf(reported: Partial<ScreenSize>, { COLUMNS, LINES }: DisplayOptions['variables']): ScreenSize {
  return {
    columns: reported.columns || sideIn(COLUMNS) || USUAL.columns,
    rows: reported.rows || sideIn(LINES) || USUAL.rows,
  };
}

/** 0 when it is no side of a terminal. */
function sideIn(variable: string | undefined): number {
  const side = Number(/^\d{1,4}$/.exec(variable ?? '')?.[0] ?? 0);
  return side <= SIDE_MAX ? side : 0;
}

export function openDisplay({ stdout, outlet, variables }: DisplayOptions): Display {
  return {
    write: (text) => outlet.write(text),
    get isFree() {
      return outlet.isFree;
    },
    whenFree: (listener) => outlet.whenFree(listener),
    size: () => sizeOf(stdout, variables),
    askSize: () => void process.emit('SIGWINCH', 'SIGWINCH'),
    onResize: (listener) => {
      stdout.on('resize', listener);
      return () => void stdout.off('resize', listener);
    },
  };
}
