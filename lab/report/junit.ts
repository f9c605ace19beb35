/**
 * A run as JUnit XML, as CI servers read it: one suite for a scenario, with a case for the run itself, for each check
 * and for each threshold.
 *
 * What failed is a failure; what could not be told is an error, so that nothing but a pass is green. A run that ends
 * with another exit code than 0 has at least one of them.
 */
import { endOf } from '../history/end.ts';
import { printable } from '../input/printable.ts';
import { railsLine } from '../rails/rails-line.ts';
import type { Summary } from './events.ts';
import { type JunitProblem, type JunitSuite, junitText } from './junit-suite.ts';
import { anomaliesOf, type ReportSource } from './source.ts';

/** How many sentences a case has; the rest is counted. */
export const SENTENCES_MAX = 20;
const MS_PER_S = 1000;

interface Case {
  readonly group: string;
  readonly name: string;
  readonly problem?: JunitProblem;
}

export function toJunit(source: ReportSource): string {
  return junitText([suiteOf(source)]);
}

/** A scenario among others. */
export function suiteOf(source: ReportSource): JunitSuite {
  const { scenario, title, seed, backend, version, history, summary } = source;
  const { status, verdict, exitCode, reproduce, rails } = summary;
  const sent = rails === undefined ? {} : { sent: railsLine(rails) };
  const judged = [...checkCases(source), ...summary.thresholds.map(thresholdCase)];
  const cases = [runCase(summary, judged), ...judged];
  const time = (endOf(history) / MS_PER_S).toFixed(3);
  return {
    name: scenario,
    time,
    timestamp: history.head?.startedAt.slice(0, 'YYYY-MM-DDThh:mm:ss'.length),
    properties: { title, seed, backend, version, status, verdict, exitCode, reproduce, ...sent },
    cases: cases.map(({ group, name, problem }, at) => ({
      classname: `edgesync-lab.${scenario}.${group}`,
      name,
      problem,
      ...(at === 0 ? { time } : {}),
    })),
  };
}

/** The run as a whole: whether it came to its end, and left nothing behind. */
function runCase(summary: Summary, judged: readonly Case[]): Case {
  const { status, error, heal, exitCode, reproduce } = summary;
  const say = (type: string, message: string, lines: readonly string[] = []): Case => ({
    group: 'run',
    name: 'run',
    problem: { kind: 'error', type, message, lines: [...lines, `again: ${reproduce}`] },
  });
  if (!heal.clean) return say('not-healed', 'faults could not be healed; the faults that may be left are listed', heal.left);
  if (status === 'failed') return say('failed', error ?? 'the lab or its world failed', error?.split('\n') ?? []);
  if (status === 'aborted') return say('aborted', error ?? 'the run was stopped before its end');
  if (exitCode !== 0 && judged.every(({ problem }) => problem === undefined)) return say('exit-code', `the run ended with ${exitCode}`);
  return { group: 'run', name: 'run' };
}

function checkCases(source: ReportSource): readonly Case[] {
  const sentences = Map.groupBy(anomaliesOf(source), ({ anomaly }) => anomaly);
  return source.summary.checks.map(({ check, verdict, reason, anomalies }) => {
    const group = 'checks';
    if (verdict === 'pass') return { group, name: check };
    const found = (sentences.get(check) ?? []).map(({ region, key, explain }) => printable(`${region} ${key}: ${explain}`));
    const told = found.slice(0, SENTENCES_MAX);
    const more = anomalies > told.length && told.length > 0 ? [`and ${anomalies - told.length} more`] : [];
    const lines = [reason, ...told, ...more];
    return { group, name: check, problem: { kind: verdict === 'fail' ? 'failure' : 'error', type: verdict, message: reason, lines } };
  });
}

function thresholdCase({ metric, threshold, ok, value, samples, doubt }: Summary['thresholds'][number]): Case {
  const [group, name] = ['thresholds', `${metric} ${threshold}`];
  if (ok) return { group, name };
  const isEmpty = samples === 0 || value === null;
  const why = doubt === undefined ? '' : `, ${printable(doubt)}`;
  const message = isEmpty ? `${name}: no samples` : `${name}: got ${value} of ${samples} samples${why}`;
  const type = isEmpty ? 'no-samples' : doubt === undefined ? 'crossed' : 'doubtful';
  return { group, name, problem: { kind: type === 'crossed' ? 'failure' : 'error', type, message, lines: [message] } };
}
