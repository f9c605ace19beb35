/**
 * All scenarios of one command together: one JUnit file and one page of Markdown. Of each is kept what goes into those
 * two, and not its history.
 */
import type { Summary } from './events.ts';
import { count } from './html/format.ts';
import { suiteOf } from './junit.ts';
import { type JunitSuite, junitText } from './junit-suite.ts';
import { inline, markdownTable } from './markdown.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { ReportSource } from './source.ts';
import { SIGNS, toMarkdown } from './summary-md.ts';

export interface RanScenario {
  readonly scenario: string;
  readonly kind: Outcome;
  /** `Fail`. */
  readonly word: string;
  readonly summary: Pick<Summary, 'checks' | 'thresholds' | 'operations'>;
  readonly suite: JunitSuite;
  /** Its own summary.md; of one that passed it is not shown. */
  readonly section: string;
}

export interface RanTogether {
  readonly ran: readonly RanScenario[];
  /** What was asked for and never began. */
  readonly notRun: readonly string[];
}

/** A job summary takes a megabyte. */
const SECTIONS_MAX = 20;
const ROWS_MAX = 200;

export function toRan(source: ReportSource): RanScenario {
  const { scenario, summary } = source;
  const { checks, thresholds, operations } = summary;
  const kept = { checks, thresholds, operations };
  return { scenario, ...outcomeOf(summary), summary: kept, suite: suiteOf(source), section: toMarkdown(source) };
}

/** What never began is an error, so that nothing but a pass is green. */
export function toJunitOfAll({ ran, notRun }: RanTogether): string {
  return junitText([...ran.map(({ suite }) => suite), ...notRun.map(notRunSuite)]);
}

function notRunSuite(name: string): JunitSuite {
  const message = 'the run did not begin: the command was stopped before';
  const problem = { kind: 'error', type: 'not-run', message, lines: [message] } as const;
  return { name, time: '0.000', properties: {}, cases: [{ classname: `edgesync-lab.${name}.run`, name: 'run', problem }] };
}

/** A single scenario is told as in its own file; several in a table, and those that did not pass in full. */
export function toMarkdownOfAll({ ran, notRun }: RanTogether): string {
  const [only] = ran;
  if (only !== undefined && ran.length === 1 && notRun.length === 0) return only.section;
  const passed = ran.filter(({ kind }) => kind === 'pass').length;
  const all = ran.length + notRun.length;
  const kind = passed === all ? 'pass' : ran.some((one) => one.kind === 'fail') ? 'fail' : 'unknown';
  const others = ran.filter((one) => one.kind !== 'pass');
  const shown = others.slice(0, SECTIONS_MAX);
  const blocks = [
    `# ${SIGNS[kind]} ${count(passed)} of ${count(all)} scenarios passed`,
    scenarioTable(ran),
    notRun.length === 0 ? '' : `The command was stopped before these scenarios began: ${notRun.map(inline).join(', ')}.`,
    ...shown.map(({ section }) => section.trimEnd()),
    others.length > shown.length ? `and ${others.length - shown.length} more, each with its own summary.md` : '',
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function scenarioTable(ran: readonly RanScenario[]): string {
  const rows = ran
    .slice(0, ROWS_MAX)
    .map(({ scenario, kind, word, summary: { checks, thresholds, operations } }) => [
      inline(scenario),
      `${SIGNS[kind]} ${word}`,
      `${checks.filter(({ verdict }) => verdict === 'pass').length} of ${checks.length}`,
      count(checks.reduce((sum, { anomalies }) => sum + anomalies, 0)),
      thresholds.length === 0 ? '–' : `${thresholds.filter(({ ok }) => ok).length} of ${thresholds.length}`,
      count(operations.reads),
      count(operations.writes),
    ]);
  const more = ran.length > rows.length ? `\n\nand ${ran.length - rows.length} more scenarios` : '';
  return `${markdownTable([['scenario', 'verdict', 'checks passed', 'anomalies', 'thresholds held', 'reads', 'writes'], ...rows])}${more}`;
}
