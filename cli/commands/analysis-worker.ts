/** The thread in which `analyze` and `compare` read and judge. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ExitCode, exitCodeOf } from '../../lab/errors.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { type Analysis, type AnalysisListener, analyze } from './analysis.ts';
import { type CompareJob, compareRuns } from './comparison.ts';

export type Job = { readonly type: 'analyze'; readonly analysis: Analysis } | { readonly type: 'compare'; readonly compare: CompareJob };

export type FromAnalysis =
  | { readonly type: 'line' | 'note'; readonly text: string }
  | { readonly type: 'read' | 'judging'; readonly operations: number }
  | { readonly type: 'writing' }
  | { readonly type: 'refused'; readonly text: string; readonly exitCode: ExitCode }
  | { readonly type: 'end'; readonly exitCode: ExitCode };

const tell = (message: FromAnalysis) => parentPort?.postMessage(message);

const listener: AnalysisListener = {
  line: (text) => tell({ type: 'line', text }),
  note: (text) => tell({ type: 'note', text }),
  onRead: (operations) => tell({ type: 'read', operations }),
  onJudging: (operations) => tell({ type: 'judging', operations }),
  onWriting: () => tell({ type: 'writing' }),
};

try {
  const job = workerData as Job;
  const exitCode = await (job.type === 'analyze' ? analyze(job.analysis, listener) : compareRuns(job.compare, listener));
  tell({ type: 'end', exitCode });
} catch (error) {
  const text = printableLines(error instanceof Error ? error.message : String(error));
  tell({ type: 'refused', text, exitCode: exitCodeOf(error) });
}
