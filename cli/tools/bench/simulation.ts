/**
 * How many reads a second of a processor are simulated and judged: the seeds of `sim`, one after another in one
 * process.
 */
import { GARBAGE } from '../../../lab/sim/campaign.ts';
import { measureRows } from './rows.ts';

const ROW_MS_MAX = 600_000;
/** Seeds. The first hundreds pay for the compiler. */
const ROWS = [[100], [400]] as const;
const HEAD = ['seeds', 'reads', 'writes', 'reads judged/s of a processor', 'processor ms a seed', 'MiB at most'] as const;

export function simulation(line: (text: string) => void): Promise<void> {
  return measureRows({ head: HEAD, file: './simulation-row.ts', flags: GARBAGE, rows: ROWS, rowMsMax: ROW_MS_MAX, line });
}
