/** The thread in which `analyze` reads and judges. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ExitCode, exitCodeOf } from '../../lab/errors.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { type Analysis, analyze } from './analysis.ts';

export type FromAnalysis =
  | { readonly type: 'line' | 'note'; readonly text: string }
  | { readonly type: 'read' | 'judging'; readonly operations: number }
  | { readonly type: 'writing' }
  | { readonly type: 'refused'; readonly text: string; readonly exitCode: ExitCode }
  | { readonly type: 'end'; readonly exitCode: ExitCode };

const tell = (message: FromAnalysis) => parentPort?.postMessage(message);

try {
  const exitCode = await analyze(workerData as Analysis, {
    line: (text) => tell({ type: 'line', text }),
    note: (text) => tell({ type: 'note', text }),
    onRead: (operations) => tell({ type: 'read', operations }),
    onJudging: (operations) => tell({ type: 'judging', operations }),
    onWriting: () => tell({ type: 'writing' }),
  });
  tell({ type: 'end', exitCode });
} catch (error) {
  const text = printableLines(error instanceof Error ? error.message : String(error));
  tell({ type: 'refused', text, exitCode: exitCodeOf(error) });
}
