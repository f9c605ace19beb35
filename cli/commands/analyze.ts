/** `analyze <history.ndjson>`: all checks of a run again, on what it left. Opens no connection, starts nothing. */
import { type Command, Option } from 'commander';
import { consistencyFigures, stalenessFigures } from '../../lab/checks/figures.ts';
import { judgeSaved } from '../../lab/checks/judge.ts';
import { type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { convergenceOf } from '../../lab/history/convergence.ts';
import { readHistory, type SavedHistory } from '../../lab/history/read-history.ts';
import { printable } from '../../lab/input/printable.ts';
import { ReportsFolder } from '../../lab/outputs/folder.ts';
import { anomalyText, checkLines, figureLines, thresholdLines } from '../../lab/outputs/lines.ts';
import type { Output } from '../../lab/outputs/output.ts';
import type { ReportSource } from '../../lab/report/source.ts';
import { conclude, toSummary } from '../../lab/run/summary.ts';
import { evaluateThresholds } from '../../lab/thresholds/evaluate.ts';
import { type Threshold, thresholdProblems, toThresholds, writtenThresholds } from '../../lab/thresholds/threshold.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { checksOf } from './saved-checks.ts';

interface AnalyzeOptions {
  readonly json?: boolean;
  readonly out?: string;
}

export function addAnalyzeCommand(program: Command, session: Session): void {
  program
    .command('analyze')
    .description('judge a saved history again: the same checks, thresholds, verdict and exit code as its run')
    .argument('<file>', 'a history.ndjson that run --out or sim --out wrote')
    .addOption(new Option('--out <dir>', 'an empty folder: report.html, junit.xml and summary.json go there').env('EDGESYNC_OUT'))
    .addOption(new Option('--json', 'one object: verdict, checks, anomalies').env('EDGESYNC_JSON'))
    .action((file: string, options: AnalyzeOptions) =>
      orFail(session, async () => session.exitWith(await analyze(await readHistory(file), file, options, session))),
    );
}

async function analyze(saved: SavedHistory, file: string, { json, out }: AnalyzeOptions, { output }: Session): Promise<ExitCode> {
  const { history, isTorn } = saved;
  const results = judgeSaved(saved, checksOf(saved, file));
  const concluded = conclude({ results, thresholds: evaluateThresholds(history, thresholdsOf(saved, file)) });
  if (out !== undefined) await saveReports(new ReportsFolder(out), toSource(saved, file, concluded));
  if (isTorn) output.note(`${printable(file)}: the last line is half written and was left out`);
  if (json) output.line(JSON.stringify(toJson(saved, concluded)));
  else for (const line of toLines(saved, concluded)) output.line(line);
  return concluded.exitCode;
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

function toLines({ history, head }: SavedHistory, { results, verdict, thresholds }: Concluded): readonly string[] {
  const convergence = convergenceOf(history, head.regions);
  const perRegion = <Figures>(figures: (region: string) => Figures) =>
    Object.fromEntries(head.regions.map((region) => [region, figures(region)]));
  const anomalies = results.flatMap((result) => result.anomalies);
  return [
    printable(`${head.scenario} · ${head.backend} · seed ${head.seed} · ${head.startedAt}`),
    ...anomalies.map(anomalyText),
    ...figureLines({
      convergence,
      staleness: perRegion((region) => stalenessFigures(history, region)),
      consistency: perRegion((region) => consistencyFigures(history, region)),
    }),
    ...checkLines(results),
    ...thresholdLines(thresholds),
    verdict.toUpperCase(),
  ];
}
