/**
 * Two runs, or two folders of runs, side by side. B is worse than A where its verdict, a check or a threshold came to
 * less, or where a figure is worse by more than the tolerance. What is known of one of the two alone is shown and not
 * judged.
 */
import { InvalidInput } from '../errors.ts';
import { printable } from '../input/printable.ts';
import type { Summary } from '../report/events.ts';
import { metricNamed } from '../thresholds/metrics.ts';
import { FLOOR_MS, FLOOR_SHARE, isAbove, type Pair, type QuantilesPair, quantilePairs } from './figures.ts';
import type { Side } from './side.ts';

type Check = Pick<Summary['checks'][number], 'verdict' | 'anomalies'>;
type Threshold = Pick<Summary['thresholds'][number], 'ok' | 'value' | 'samples' | 'doubt'>;
type Ended = Pick<Summary, 'status' | 'verdict' | 'exitCode' | 'operations'>;

export interface CheckPair extends Pair<Check> {
  readonly check: string;
  readonly isWorse: boolean;
}

export interface ThresholdPair extends Pair<Threshold> {
  readonly metric: string;
  readonly threshold: string;
  readonly isWorse: boolean;
}

export interface ScenarioPair {
  readonly scenario: string;
  readonly ended: Pair<Ended> & { readonly a: Ended; readonly b: Ended; readonly isWorse: boolean };
  readonly checks: readonly CheckPair[];
  readonly thresholds: readonly ThresholdPair[];
  readonly quantiles: readonly QuantilesPair[];
  /** How many of all these are worse in B. */
  readonly worse: number;
}

export interface Comparison {
  readonly tolerancePercent: number;
  readonly scenarios: readonly ScenarioPair[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  readonly worse: number;
}

export interface CompareOptions {
  readonly a: readonly Side[];
  readonly b: readonly Side[];
  readonly tolerancePercent: number;
}

const RANK = { pass: 0, unknown: 1, fail: 2 } as const;

/**
 * Two single runs are compared whatever their scenarios; several by their names. Throws InvalidInput where no scenario
 * is in both.
 */
export function compareSides({ a, b, tolerancePercent }: CompareOptions): Comparison {
  const [[oneA], [oneB]] = [a, b];
  const isSingle = a.length === 1 && b.length === 1 && oneA !== undefined && oneB !== undefined;
  const byName = new Map(b.map((side) => [side.scenario, side]));
  const pairs: readonly (readonly [Side, Side])[] = isSingle
    ? [[oneA, oneB]]
    : a.flatMap((side) => {
        const other = byName.get(side.scenario);
        return other === undefined ? [] : [[side, other] as const];
      });
  const names = (sides: readonly Side[]) => sides.map(({ scenario }) => scenario);
  if (pairs.length === 0)
    throw new InvalidInput(
      printable(`expected a scenario that is in both, got ${names(a).join(', ')} in A and ${names(b).join(', ')} in B`),
    );
  const scenarios = pairs.map(([one, other]) => compareScenario(one, other, tolerancePercent));
  const paired = new Set(pairs.flat());
  return {
    tolerancePercent,
    scenarios,
    onlyA: names(a.filter((side) => !paired.has(side))),
    onlyB: names(b.filter((side) => !paired.has(side))),
    worse: scenarios.reduce((sum, { worse }) => sum + worse, 0),
  };
}

function compareScenario(a: Side, b: Side, tolerancePercent: number): ScenarioPair {
  const checks = checkPairs(a.summary, b.summary, tolerancePercent);
  const thresholds = thresholdPairs(a.summary, b.summary, tolerancePercent);
  const quantiles = quantilePairs(a, b, tolerancePercent);
  const ended = { a: endedOf(a.summary), b: endedOf(b.summary), isWorse: RANK[b.summary.verdict] > RANK[a.summary.verdict] };
  const rows = [...checks, ...thresholds, ended].filter(({ isWorse }) => isWorse).length;
  const worse = rows + quantiles.reduce((sum, pair) => sum + pair.worse.length, 0);
  const scenario = a.scenario === b.scenario ? a.scenario : `${a.scenario} and ${b.scenario}`;
  return { scenario, ended, checks, thresholds, quantiles, worse };
}

function endedOf({ status, verdict, exitCode, operations }: Summary): Ended {
  return { status, verdict, exitCode, operations };
}

function checkPairs(a: Summary, b: Summary, tolerancePercent: number): readonly CheckPair[] {
  const of = ({ checks }: Summary, name: string): Check | null => {
    const found = checks.find(({ check }) => check === name);
    return found === undefined ? null : { verdict: found.verdict, anomalies: found.anomalies };
  };
  const names = [...new Set([a, b].flatMap(({ checks }) => checks.map(({ check }) => check)))];
  return names.map((check) => {
    const [one, other] = [of(a, check), of(b, check)];
    const isWorse =
      one !== null &&
      other !== null &&
      (RANK[other.verdict] > RANK[one.verdict] || isAbove({ a: one.anomalies, b: other.anomalies, tolerancePercent }));
    return { check, a: one, b: other, isWorse };
  });
}

function thresholdPairs(a: Summary, b: Summary, tolerancePercent: number): readonly ThresholdPair[] {
  const keyed = ({ thresholds }: Summary) => new Map(thresholds.map((one) => [`${one.metric} ${one.threshold}`, one]));
  const [ofA, ofB] = [keyed(a), keyed(b)];
  return [...new Map([...ofA, ...ofB])].map(([key, { metric, threshold }]) => {
    const [one, other] = [ofA.get(key), ofB.get(key)];
    const isWorse =
      one !== undefined &&
      other !== undefined &&
      (rankOf(other) > rankOf(one) || isWorseValue({ metric, threshold }, { a: one.value, b: other.value, tolerancePercent }));
    return { metric, threshold, a: toThreshold(one), b: toThreshold(other), isWorse };
  });
}

function toThreshold(found: Summary['thresholds'][number] | undefined): Threshold | null {
  if (found === undefined) return null;
  const { metric: _, threshold: __, ...rest } = found;
  return rest;
}

function rankOf({ ok, value, doubt }: Threshold): number {
  if (ok) return RANK.pass;
  return value === null || doubt !== undefined ? RANK.unknown : RANK.fail;
}

/** In the direction in which it would be crossed: of an equality there is none. */
function isWorseValue({ metric, threshold }: Written, { a, b, tolerancePercent }: Values): boolean {
  const [sign] = /[<>]/.exec(threshold) ?? [];
  if (a === null || b === null || sign === undefined || Math.abs(b - a) < floorOf(metric)) return false;
  return sign === '<' ? isAbove({ a, b, tolerancePercent }) : isAbove({ a: -a, b: -b, tolerancePercent });
}

type Written = Pick<Summary['thresholds'][number], 'metric' | 'threshold'>;
type Values = Pair<number> & { readonly tolerancePercent: number };

/** `metric`: as a scenario writes it, with its tags. */
function floorOf(metric: string): number {
  const data = metricNamed(metric.replace(/\{.*/s, '').trim())?.data;
  if (data?.contains === 'time') return FLOOR_MS;
  return data?.type === 'rate' ? FLOOR_SHARE : 0;
}
