/** `analyze <history.ndjson>`: all checks of a run again, on what it left. Opens no connection, starts nothing. */
import { type Command, Option } from 'commander';
import { type CheckResult, composeVerdict } from '../../lab/checks/check.ts';
import { consistencyFigures, stalenessFigures } from '../../lab/checks/figures.ts';
import { judgeHistory } from '../../lab/checks/judge.ts';
import { EXIT_OF_VERDICT, type ExitCode, exitCodeOf, InvalidInput } from '../../lab/errors.ts';
import { convergenceOf } from '../../lab/load/convergence.ts';
import { readHistory, type SavedHistory } from '../../lab/load/read-history.ts';
import { saveReports } from '../../lab/output-folder.ts';
import { printable, printableLines } from '../../lab/printable.ts';
import type { ReportSource } from '../../lab/report/source.ts';
import { toSummary } from '../../lab/summary.ts';
import { anomalyText, checkLines, figureLines } from '../print.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { checksOf } from './saved-checks.ts';

interface AnalyzeOptions {
  readonly json?: boolean;
  readonly out?: string;
}

export function addAnalyzeCommand(program: Command, session: Session): void {
  program
    .command('analyze')
    .description('judge a saved history again: the same checks, verdict and exit code as its run')
    .argument('<file>', 'a history.ndjson that run --out or sim --out wrote')
    .addOption(new Option('--out <dir>', 'an empty folder: report.html, junit.xml and summary.json go there').env('EDGESYNC_OUT'))
    .addOption(new Option('--json', 'one object: verdict, checks, anomalies').env('EDGESYNC_JSON'))
    .action(async (file: string, options: AnalyzeOptions) => {
      try {
        session.exitWith(await analyze(await readHistory(file), file, options, session));
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        session.output.note(printableLines(error.message));
        session.exitWith(exitCodeOf(error));
      }
    });
}

async function analyze(saved: SavedHistory, file: string, { json, out }: AnalyzeOptions, { output }: Session): Promise<ExitCode> {
  const { history, head, isTorn } = saved;
  const results = judgeHistory({ history, checks: checksOf(saved, file), context: head });
  const verdict = composeVerdict(results);
  if (out !== undefined) await saveReports(out, toSource(saved, file, results));
  if (isTorn) output.note(`${printable(file)}: the last line is half written and was left out`);
  if (json) output.line(JSON.stringify(toJson(saved, results)));
  else for (const line of toLines(saved, results)) output.line(line);
  return EXIT_OF_VERDICT[verdict];
}

/** What a history does not tell is left out: its thresholds, and of an older one the scenario's title. */
function toSource({ history, head }: SavedHistory, file: string, results: readonly CheckResult[]): ReportSource {
  const { scenario, backend, seed, version } = head;
  const verdict = composeVerdict(results);
  const status = history.endedMs === undefined ? 'aborted' : 'completed';
  const ended = { status, verdict, exitCode: EXIT_OF_VERDICT[verdict], results } as const;
  const summary = toSummary({ ended, history, left: [], reproduce: toCommand(['edgesync-lab', 'analyze', file]) });
  const { title = scenario, description = '' } = head.written ?? {};
  return { scenario, title: String(title), description: String(description), backend, seed, version, history, summary };
}

function toJson({ head, isTorn }: SavedHistory, results: readonly CheckResult[]): unknown {
  const { line: _, historyVersion: __, written: ___, ...of } = head;
  const checks = results.map(({ anomalies, ...result }) => ({ ...result, anomalies: anomalies.length }));
  return { of, isTorn, verdict: composeVerdict(results), checks, anomalies: results.flatMap(({ anomalies }) => anomalies) };
}

function toLines({ history, head }: SavedHistory, results: readonly CheckResult[]): readonly string[] {
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
    composeVerdict(results).toUpperCase(),
  ];
}
