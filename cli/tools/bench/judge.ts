/**
 * What it costs to judge a history, by its length: processor time for each operation, and the memory of whoever writes
 * and judges it.
 */
import { measureRows } from './rows.ts';

const ROW_MS_MAX = 600_000;
const HEAP_MIB_MAX = 8_192;
const ROWS = [[100_000], [1_000_000], [10_000_000]] as const;
const HEAD = ['operations', 'processor s', 'µs an operation', 'MiB at most'] as const;

export function judge(line: (text: string) => void): Promise<void> {
  const flags = [`--max-old-space-size=${HEAP_MIB_MAX}`];
  const unfinished = ([count = 0]: readonly number[], { message }: Error) => [
    count.toLocaleString('en'),
    ...['-', '-', /heap out of memory/.test(message) ? `above ${HEAP_MIB_MAX}` : '-'],
  ];
  return measureRows({ head: HEAD, file: './judge-row.ts', flags, rows: ROWS, rowMsMax: ROW_MS_MAX, line, unfinished });
}
