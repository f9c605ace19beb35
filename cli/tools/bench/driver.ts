/**
 * What the load generator can send: open loop, against an edge of nothing but memory in another process. Each row is a
 * process of its own.
 */
import { GENERATOR_LATE_MS } from '../../../lab/checks/load-held.ts';
import { measureRows } from './rows.ts';

const ROW_MS_MAX = 120_000;
const ROWS = [[1_000], [5_000], [10_000], [40_000]] as const;

const HEAD = [
  'reads/s asked',
  'sent',
  'answered',
  `sent more than ${GENERATOR_LATE_MS} ms late`,
  'late by, ms: P50 / P90 / P99 / P99.9 / max',
  'answered, ms from due: P50 / P99 / max',
  'processor s of generator / edge / lab, for 10 s of load',
  'verdict on the load',
] as const;

/** A table as it stands in docs/figures.md. */
export function driver(line: (text: string) => void): Promise<void> {
  return measureRows({ head: HEAD, file: './driver-row.ts', flags: [], rows: ROWS, rowMsMax: ROW_MS_MAX, line });
}
