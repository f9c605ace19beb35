/**
 * A run as JUnit XML, as CI servers read it: one suite for a scenario, with a case for the run itself, for each check and for each threshold.
 *
 * What failed is a failure; what could not be told is an error, so that nothing but a pass is green. A run that ends with another
 * exit code than 0 has at least one of them.
 */
import { endOf } from '../history/end.ts';
import { printable } from '../input/printable.ts';
import type { Summary } from './events.ts';
import { anomaliesOf, type ReportSource } from './source.ts';
import { element, escaped } from './xml.ts';

/** How many sentences a case has; the rest is counted. */
const SENTENCES_MAX = 20;
const MS_PER_S = 1000;

interface Case {
  readonly group: string;
  readonly name: string;
  /** undefined: passed. */
  readonly problem?: {
    readonly kind: 'failure' | 'error';
    readonly type: string;
    readonly message: string;
    readonly lines: readonly string[];
  };
}

export function toJunit(source: ReportSource): string {
  const { scenario, history, summary } = source;
  const judged = [...checkCases(source), ...summary.thresholds.map(thresholdCase)];
  const cases = [runCase(summary, judged), ...judged];
  const seconds = (endOf(history) / MS_PER_S).toFixed(3);
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ problem }) => problem?.kind === 'failure').length,
    errors: cases.filter(({ problem }) => problem?.kind === 'error').length,
    skipped: 0,
    time: seconds,
  };
  const startedAt = history.head?.startedAt;
  // Without fraction and zone, as the schema of JUnit wants it.
  const timestamp = startedAt === undefined ? {} : { timestamp: startedAt.slice(0, 'YYYY-MM-DDThh:mm:ss'.length) };
  const suite = element('testsuite', { name: scenario, ...counts, ...timestamp }, [
    properties(source),
    ...cases.map((of, at) => toElement(of, scenario, at === 0 ? seconds : '0.000')),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'edgesync-lab', ...counts }, [suite])}\n`;
}

function properties({ title, seed, backend, version, summary }: ReportSource): string {
  const { status, verdict, exitCode, reproduce } = summary;
  const named = { title, seed, backend, version, status, verdict, exitCode, reproduce };
  return element(
    'properties',
    {},
    Object.entries(named).map(([name, value]) => element('property', { name, value })),
  );
}

function toElement({ group, name, problem }: Case, scenario: string, time: string): string {
  const attributes = { classname: `edgesync-lab.${scenario}.${group}`, name, time };
  if (problem === undefined) return element('testcase', attributes);
  const { kind, type, message, lines } = problem;
  return element('testcase', attributes, [element(kind, { type, message }, lines.map(escaped))]);
}

/** The run as a whole: whether it came to its end, and left nothing behind. */
function runCase(summary: Summary, judged: readonly Case[]): Case {
  const { status, error, heal, exitCode, reproduce } = summary;
  const say = (type: string, message: string, lines: readonly string[] = []): Case => ({
    group: 'run',
    name: 'run',
    problem: { kind: 'error', type, message, lines: [...lines, `again: ${reproduce}`] },
  });
  if (!heal.clean) return say('not-healed', 'faults could not be healed; what may be left is listed', heal.left);
  if (status === 'failed') return say('failed', error ?? 'the lab or its world failed', error?.split('\n') ?? []);
  if (status === 'aborted') return say('aborted', 'the run was stopped before its end');
  if (exitCode !== 0 && judged.every(({ problem }) => problem === undefined)) return say('exit-code', `the run ended with ${exitCode}`);
  return { group: 'run', name: 'run' };
}

function checkCases(source: ReportSource): readonly Case[] {
  const sentences = Map.groupBy(anomaliesOf(source), ({ anomaly }) => anomaly);
  return source.summary.checks.map(({ check, verdict, reason }) => {
    const group = 'checks';
    if (verdict === 'pass') return { group, name: check };
    const found = (sentences.get(check) ?? []).map(({ region, key, explain }) => printable(`${region} ${key}: ${explain}`));
    const more = found.length > SENTENCES_MAX ? [`and ${found.length - SENTENCES_MAX} more`] : [];
    const lines = [reason, ...found.slice(0, SENTENCES_MAX), ...more];
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
