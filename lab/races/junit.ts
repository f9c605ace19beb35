/**
 * Races as JUnit XML: a suite for each target, a case for each race. What was kept is a failure, what did not come to
 * the race is skipped.
 */
import type { RailsReport } from '../rails/rails.ts';
import { type JunitCase, type JunitProblem, type JunitSuite, junitText } from '../report/junit-suite.ts';
import type { Backend } from '../worlds/worlds.ts';
import type { Outcome, RaceResult } from './race.ts';
import { wayText } from './raced-cache.ts';
import type { Raced } from './run-races.ts';

/** Where they took place, of a world that is not the process of the lab. */
export interface RacesPlace {
  readonly backend: Backend;
  /** Of virtual time. */
  readonly seed?: number;
  /** A known bug. */
  readonly mutant?: string;
}

/** What became of one target. */
export interface RacedTarget {
  readonly name: string;
  readonly raced?: Raced;
  /** It did not start, or did not answer. */
  readonly broken?: string;
  /** It is the world that did not, and no cache. */
  readonly isWorldBroken?: true;
}

export interface JunitOptions {
  /** Outcomes that fail. */
  readonly failing: readonly Outcome[];
  /** Of this program. */
  readonly version: string;
  /** undefined: beside the lab. */
  readonly place?: RacesPlace | undefined;
  /** Of live targets. */
  readonly rails?: RailsReport;
}

const MS_PER_S = 1000;

export function racesJunit(targets: readonly RacedTarget[], options: JunitOptions): string {
  return junitText(targets.map((target) => toSuite(target, options)));
}

function toSuite({ name, raced, broken }: RacedTarget, { failing, version, place, rails }: JunitOptions): JunitSuite {
  const stopped = broken ?? raced?.ended;
  const mistakes = stopped === undefined ? (raced?.selfChecked.mistakes ?? []) : [stopped];
  const type = stopped === undefined ? 'self-check' : 'broken';
  const check: JunitCase = {
    classname: `edgesync-lab.races.${name}`,
    name: 'self-check',
    problem: mistakes.length === 0 ? undefined : { kind: 'error', type, message: mistakes[0] ?? '', lines: mistakes },
  };
  const results = raced?.results ?? [];
  const nothing = raced?.nothing === undefined ? [] : [noCase(name, raced.nothing)];
  const ms = results.reduce((sum, result) => sum + msOf(result), 0);
  return {
    name,
    time: seconds(ms),
    properties: { version, ...place, ...(rails === undefined ? {} : railsProperties(rails)) },
    cases: [check, ...nothing, ...results.map((result) => toCase(name, result, failing))],
  };
}

function railsProperties({ hosts, perSecond, allowsWidePurge, requests, purges }: RailsReport): JunitSuite['properties'] {
  const named = hosts.filter(({ isNamed }) => isNamed).map(({ host, addresses }) => `${host} ${addresses.join(' ')}`);
  const wide = allowsWidePurge ? 'yes' : 'no';
  return { 'allow-external': named.join(', '), 'allow-wide-purge': wide, rate: perSecond, requests, purges };
}

function noCase(target: string, message: string): JunitCase {
  const problem: JunitProblem = { kind: 'skipped', type: 'nothing', message, lines: [] };
  return { classname: `edgesync-lab.races.${target}`, name: 'races', problem };
}

function toCase(target: string, result: RaceResult, failing: readonly Outcome[]): JunitCase {
  return {
    classname: `edgesync-lab.races.${target}.${wayText(result.way).replace(' ', '-')}`,
    name: result.race,
    time: seconds(msOf(result)),
    problem: problemOf(result, failing),
  };
}

function problemOf({ outcome, why, steps }: RaceResult, failing: readonly Outcome[]): JunitProblem | undefined {
  const lines = steps.map(({ atMs, who, text }) => `${atMs} ms ${who}: ${text}`);
  if (failing.includes(outcome)) return { kind: 'failure', type: outcome, message: why, lines };
  return outcome === 'unjudged' ? { kind: 'skipped', type: outcome, message: why, lines: [] } : undefined;
}

function msOf({ steps }: RaceResult): number {
  return steps.at(-1)?.atMs ?? 0;
}

function seconds(ms: number): string {
  return (ms / MS_PER_S).toFixed(3);
}
