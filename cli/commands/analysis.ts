/** What `analyze` does with a saved history, and what comes of it in lines. */
import { judgeSaved } from '../../lab/checks/judge.ts';
import { type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { History } from '../../lab/history/history.ts';
import { readHistory, type SavedHistory } from '../../lab/history/read-history.ts';
import { printable } from '../../lab/input/printable.ts';
import { ReportsFolder } from '../../lab/outputs/folder.ts';
import { anomalyText, checkLines, figureLines, thresholdLines } from '../../lab/outputs/lines.ts';
import type { Output } from '../../lab/outputs/output.ts';
import { firstOfEach, resultLines } from '../../lab/outputs/result-lines.ts';
import type { ReportSource } from '../../lab/report/source.ts';
import { conclude, toSummary } from '../../lab/run/summary.ts';
import { evaluateThresholds } from '../../lab/thresholds/evaluate.ts';
import { type Threshold, thresholdProblems, toThresholds, writtenThresholds } from '../../lab/thresholds/threshold.ts';
import { systemClock, type Timer } from '../../services/runtime/clock.ts';
import { toCommand } from '../quote.ts';
import { checksOf } from './saved-checks.ts';

export interface Analysis {
  readonly file: string;
  readonly json?: boolean;
  /** A folder for the reports. */
  readonly out?: string;
  /** Every anomaly, check and threshold, and how old answers were. */
  readonly details?: boolean;
}

/** Who hears of it. */
export interface AnalysisListener {
  line(text: string): void;
  note(text: string): void;
  /** How many operations were read so far, now and then. */
  onRead(operations: number): void;
  /** They are read, and are judged from here on, without a word. */
  onJudging(operations: number): void;
  /** The verdict is there; what is written from here on is to be written to its end. */
  onWriting(): void;
}

const READ_EVERY_MS = 1_000;

/** Throws InvalidInput for what is no history, WorldFailed where the reports could not be written whole. */
export async function analyze({ file, json, out, details = false }: Analysis, listener: AnalysisListener): Promise<ExitCode> {
  const { saved, concluded } = await judgeFile(file, listener);
  const { isTorn } = saved;
  listener.onWriting();
  // Only where somebody wants it: it goes through the whole history once more.
  let made: ReportSource | undefined;
  const source = () => {
    made ??= toSource(saved, file, concluded);
    return made;
  };
  if (out !== undefined) await saveReports(new ReportsFolder(out), source());
  if (isTorn) listener.note(`${printable(file)}: the last line is incomplete and was left out`);
  if (json) listener.line(JSON.stringify(toJson(saved, concluded)));
  else for (const line of toLines(source(), concluded, details)) listener.line(line);
  return concluded.exitCode;
}

interface Judged {
  readonly saved: SavedHistory;
  readonly concluded: Concluded;
}

/** Throws InvalidInput for what is no history. */
async function judgeFile(file: string, listener: Pick<AnalysisListener, 'onRead' | 'onJudging'>): Promise<Judged> {
  const saved = await readTelling(file, listener);
  const results = judgeSaved(saved, checksOf(saved, file));
  return { saved, concluded: conclude({ results, thresholds: evaluateThresholds(saved.history, thresholdsOf(saved, file)) }) };
}

/** A saved history as a run would tell it. Throws InvalidInput for what is none. */
export async function judgedSource(file: string, listener: Pick<AnalysisListener, 'onRead' | 'onJudging'>): Promise<ReportSource> {
  const { saved, concluded } = await judgeFile(file, listener);
  return toSource(saved, file, concluded);
}

async function readTelling(file: string, { onRead, onJudging }: Pick<AnalysisListener, 'onRead' | 'onJudging'>): Promise<SavedHistory> {
  const history = new History();
  let timer: Timer | undefined;
  const tellLater = () => {
    timer = systemClock.setTimer(READ_EVERY_MS, () => {
      onRead(history.nextId);
      tellLater();
    });
  };
  tellLater();
  try {
    const saved = await readHistory(file, history);
    onJudging(history.nextId);
    return saved;
  } finally {
    timer?.cancel();
  }
}

/** Throws InvalidInput when the output cannot be made, WorldFailed when it could not be written whole. */
async function saveReports(output: Required<Pick<Output, 'start' | 'stop'>>, source: ReportSource): Promise<void> {
  await output.start(source);
  await output.stop(source);
}

/** Throws InvalidInput for a metric or a word that this program does not have. */
function thresholdsOf({ head: { written = {} } }: SavedHistory, file: string): readonly Threshold[] {
  const { data } = writtenThresholds.safeParse(written['thresholds'] ?? {});
  const [problem] = data === undefined ? [{ path: [], message: 'expected a map' }] : thresholdProblems(data);
  if (problem === undefined) return toThresholds(data ?? {});
  throw new InvalidInput(`${file}:1: written.thresholds.${problem.path.map(String).join('.')}: ${problem.message}`);
}

type Concluded = ReturnType<typeof conclude>;

/** What a history does not tell is left out: of an older one the scenario's title. */
function toSource({ history, head }: SavedHistory, file: string, concluded: Concluded): ReportSource {
  const { scenario, backend, seed, version } = head;
  const ended = { status: history.endedMs === undefined ? 'aborted' : 'completed', ...concluded } as const;
  const summary = toSummary({ ended, history, left: [], reproduce: toCommand(['edgesync-lab', 'analyze', file]) });
  const { title = scenario, description = '' } = head.written ?? {};
  return { scenario, title: String(title), description: String(description), backend, seed, version, history, summary };
}

function toJson({ head, isTorn }: SavedHistory, { results, verdict, thresholds }: Concluded): unknown {
  const { line: _, historyVersion: __, written: ___, ...of } = head;
  const checks = results.map(({ anomalies, ...result }) => ({ ...result, anomalies: anomalies.length }));
  return { of, isTorn, verdict, checks, thresholds, anomalies: results.flatMap(({ anomalies }) => anomalies) };
}

function toLines(source: ReportSource, { results, thresholds }: Concluded, details: boolean): readonly string[] {
  const { summary, scenario, title, backend, seed, history } = source;
  const anomalies = results.flatMap((result) => result.anomalies);
  const all = details
    ? [...anomalies.map(anomalyText), ...figureLines(summary), ...checkLines(results), ...thresholdLines(thresholds)]
    : [];
  // It was judged to its end, whatever became of the run.
  const judged = { ...summary, status: 'completed' } as const;
  const result = {
    scenario,
    title,
    backend,
    seed,
    lastedMs: history.endedMs,
    summary: judged,
    regions: [],
    keptBy: details ? 'all of them are below' : '--details prints all of them',
  };
  return [...resultLines({ ...result, anomalies: firstOfEach(anomalies) }), ...all];
}
