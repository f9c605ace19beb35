/** What takes its time to read and judge, in a thread of its own: signals are heard meanwhile. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EXIT, type ExitCode } from '../../lab/errors.ts';
import type { Session } from '../session.ts';
import type { FromAnalysis, Job } from './analysis-worker.ts';

/** What is read in less is read without a word. */
const OPERATIONS_TOLD_MIN = 200_000;

/** The bundle has it beside it; in a checkout it is the TypeScript file. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./analysis-worker.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./analysis-worker.ts', import.meta.url));
}

/** Rejects when a signal ended it. */
export function runApart(job: Job, { output, signal }: Pick<Session, 'output' | 'signal'>): Promise<ExitCode> {
  const { promise, resolve, reject } = Promise.withResolvers<ExitCode>();
  const worker = new Worker(workerFile(), { workerData: job });
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
