/**
 * What more regions, more writes and more keys cost: the services in virtual time, so that 300 regions fit in one
 * process. What is measured in virtual time is the protocol's; the time of the processor is this machine's. Each row is
 * a process of its own.
 */
import { measureRows } from './rows.ts';

const ROW_MS_MAX = 120_000;
/** As the processes of `sim` have it. */
const GARBAGE = ['--min-semi-space-size=32', '--max-semi-space-size=32', '--single-threaded-gc'] as const;

/** Regions, keys, writes a second. One of them grows at a time; then regions and writes together. */
const ROWS: readonly (readonly [regions: number, keys: number, writesPerS: number])[] = [
  [3, 200, 10],
  [10, 200, 10],
  [30, 200, 10],
  [100, 200, 10],
  [300, 200, 10],
  [3, 200, 100],
  [3, 200, 1_000],
  [100, 200, 100],
  [3, 10_000, 100],
  [3, 100_000, 100],
];

const HEAD = [
  'regions',
  'keys',
  'writes/s',
  'served after the delay: P50 / P99 / max',
  'age of what is called fresh: P50 / P99 / max',
  'applied/s',
  'applied/s of a processor',
  'virtual / processor s',
  'MiB',
] as const;

/** A table as it stands in docs/figures.md. */
export function scale(line: (text: string) => void): Promise<void> {
  return measureRows({ head: HEAD, file: './scale-row.ts', flags: GARBAGE, rows: ROWS, rowMsMax: ROW_MS_MAX, line });
}
