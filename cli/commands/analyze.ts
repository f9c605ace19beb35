/** `analyze <history.ndjson>`: all checks of a run again, on what it left. Opens no connection, starts no service. */
import { type Command, Option } from 'commander';
import type { Session } from '../session.ts';
import type { Analysis } from './analysis.ts';
import { runApart } from './apart.ts';
import { orFail } from './failed.ts';

export function addAnalyzeCommand(program: Command, session: Session): void {
  program
    .command('analyze')
    .description('judge a saved history again: the same checks, thresholds, verdict and exit code as its run')
    .argument('<file>', 'a history.ndjson that run --out or sim --out wrote')
    .addOption(new Option('--out <dir>', 'an empty folder for report.html, junit.xml, summary.md and summary.json').env('EDGESYNC_OUT'))
    .addOption(new Option('--details', 'print every anomaly, check and threshold, and the staleness of answers').env('EDGESYNC_DETAILS'))
    .addOption(new Option('--json', 'one object: verdict, checks, anomalies').env('EDGESYNC_JSON'))
    .action((file: string, options: Omit<Analysis, 'file'>) =>
      orFail(session, async () => session.exitWith(await runApart({ type: 'analyze', analysis: { ...options, file } }, session))),
    );
}
