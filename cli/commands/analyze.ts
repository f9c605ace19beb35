/** `analyze <history.ndjson>`: all checks of a run again, on what it left. Opens no connection, starts no service. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../../lab/errors.ts';
import type { Session } from '../session.ts';
import type { Analysis } from './analysis.ts';
import type { FromAnalysis } from './analysis-worker.ts';
import { orFail } from './failed.ts';

/** What is read in less is read without a word. */
const OPERATIONS_TOLD_MIN = 200_000;

export function addAnalyzeCommand(program: Command, session: Session): void {
  program
    .command('analyze')
    .description('judge a saved history again: the same checks, thresholds, verdict and exit code as its run')
    .argument('<file>', 'a history.ndjson that run --out or sim --out wrote')
    .addOption(
      new Option('--out <dir>', 'an empty folder: report.html, junit.xml, summary.md and summary.json go there').env('EDGESYNC_OUT'),
    )
    .addOption(new Option('--details', 'every anomaly, check and threshold, and how old answers were').env('EDGESYNC_DETAILS'))
    .addOption(new Option('--json', 'one object: verdict, checks, anomalies').env('EDGESYNC_JSON'))
    .action((file: string, options: Omit<Analysis, 'file'>) =>
      orFail(session, async () => session.exitWith(await analyzeApart({ ...options, file }, session))),
    );
}

/** The bundle has it beside it; in a checkout it is the TypeScript file. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./analysis-worker.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./analysis-worker.ts', import.meta.url));
}

/** In a thread of its own: judging takes its time, and signals are heard meanwhile. Rejects when a signal ended it. */
function analyzeApart(analysis: Analysis, { output, signal }: Pick<Session, 'output' | 'signal'>): Promise<ExitCode> {
  const { promise, resolve, reject } = Promise.withResolvers<ExitCode>();
  const worker = new Worker(workerFile(), { workerData: analysis });
  let isWriting = false;
  const stop = () => {
    if (!isWriting) void worker.terminate();
  };
  worker.on('message', (message: FromAnalysis) => {
    switch (message.type) {
      case 'line':
      case 'note':
        return output[message.type](message.text);
      case 'read':
        if (message.operations >= OPERATIONS_TOLD_MIN) output.note(`${message.operations.toLocaleString('en')} operations read`);
        return;
      case 'judging':
        if (message.operations >= OPERATIONS_TOLD_MIN) output.note(`judging ${message.operations.toLocaleString('en')} operations`);
        return;
      case 'writing':
        isWriting = true;
        return;
      case 'refused':
        output.note(message.text);
        return resolve(message.exitCode);
      case 'end':
        return resolve(message.exitCode);
    }
  });
  worker.once('error', reject);
  // After its last message: where that was an end this comes too late.
  worker.once('exit', () => (signal.aborted ? reject(signal.reason) : resolve(EXIT.failed)));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return promise;
}
