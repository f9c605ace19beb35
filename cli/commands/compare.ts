/**
 * `compare A B`: two runs side by side, with an exit code that says whether the second is worse. Opens no connection,
 * starts no service.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Session } from '../session.ts';
import { runApart } from './apart.ts';
import type { CompareJob } from './comparison.ts';
import { orFail } from './failed.ts';

/** Two runs of the same system on a shared machine mostly differ by less. */
const TOLERANCE_PERCENT = 50;
const TOLERANCE_PERCENT_MAX = 100_000;

function parsePercent(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(value <= TOLERANCE_PERCENT_MAX)) throw new InvalidArgumentError(`Expected a percentage from 0 to ${TOLERANCE_PERCENT_MAX}.`);
  return value;
}

export function addCompareCommand(program: Command, session: Session): void {
  const what = 'a summary.json, a history, or a folder of run --out';
  program
    .command('compare')
    .description('compare two runs: verdicts, checks, thresholds, staleness, latency; ends with 99 where the second run is worse')
    .argument('<a>', `${what}: the run before`)
    .argument('<b>', `${what}: the run now`)
    .addOption(
      new Option('--tolerance <percent>', 'by how much a figure of B may be worse than that of A')
        .argParser(parsePercent)
        .default(TOLERANCE_PERCENT)
        .env('EDGESYNC_TOLERANCE'),
    )
    .addOption(new Option('--json', 'one object: every pair of figures, and the count of worse figures').env('EDGESYNC_JSON'))
    .action((a: string, b: string, options: Omit<CompareJob, 'a' | 'b'>) =>
      orFail(session, async () => session.exitWith(await runApart({ type: 'compare', compare: { ...options, a, b } }, session))),
    );
}
