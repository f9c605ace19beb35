/** JUnit XML, as CI servers read it: suites of cases, of which each that did not pass says why. */
import { element, escaped } from './xml.ts';

export interface JunitProblem {
  /** What could not be told is an error; what was not to be told is skipped. */
  readonly kind: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly lines: readonly string[];
}

export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  /** In seconds. */
  readonly time?: string;
  /** undefined: passed. */
  readonly problem?: JunitProblem | undefined;
}

export interface JunitSuite {
  readonly name: string;
  /** Of all its cases, in seconds. */
  readonly time: string;
  /** Without fraction and zone, as the schema of JUnit wants it. */
  readonly timestamp?: string | undefined;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly cases: readonly JunitCase[];
}

const NO_TIME = '0.000';

export function junitText(suites: readonly JunitSuite[]): string {
  const seconds = suites.reduce((sum, { time }) => sum + Number(time), 0).toFixed(NO_TIME.length - 2);
  const all = { name: 'edgesync-lab', ...countsOf(suites.flatMap(({ cases }) => cases)), time: seconds };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', all, suites.map(suiteElement))}\n`;
}

function suiteElement({ name, time, timestamp, properties, cases }: JunitSuite): string {
  const dated = timestamp === undefined ? {} : { timestamp };
  const named = Object.entries(properties).map(([key, value]) => element('property', { name: key, value }));
  return element('testsuite', { name, ...countsOf(cases), time, ...dated }, [element('properties', {}, named), ...cases.map(caseElement)]);
}

function countsOf(cases: readonly JunitCase[]) {
  const of = (kind: JunitProblem['kind']) => cases.filter(({ problem }) => problem?.kind === kind).length;
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function caseElement({ classname, name, time = NO_TIME, problem }: JunitCase): string {
  const attributes = { classname, name, time };
  if (problem === undefined) return element('testcase', attributes);
  const { kind, type, message, lines } = problem;
  const said = kind === 'skipped' ? { message } : { type, message };
  return element('testcase', attributes, [element(kind, said, lines.map(escaped))]);
}
