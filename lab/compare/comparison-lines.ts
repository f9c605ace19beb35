/** A comparison in plain lines: what came of it first, then each scenario, those that are worse first. */
import type { Quantiles } from '../history/quantiles.ts';
import { printable } from '../input/printable.ts';
import { msText, table } from '../outputs/lines.ts';
import { headOf } from '../outputs/result-lines.ts';
import { plural } from '../report/html/format.ts';
import type { CheckPair, Comparison, ScenarioPair, ThresholdPair } from './compare.ts';
import type { QuantilesPair } from './figures.ts';

/** Told in full; the others in a line. */
const SCENARIOS_MAX = 5;
const ROWS_MAX = 48;
const QUANTILES = ['p50', 'p95', 'p99', 'max'] as const;

export interface Compared extends Comparison {
  /** As they were named. */
  readonly a: string;
  readonly b: string;
}

export function comparisonLines(compared: Compared): readonly string[] {
  const { a, b, scenarios, onlyA, onlyB, worse, tolerancePercent } = compared;
  const by = `figures by more than ${tolerancePercent} %`;
  const head =
    worse === 0 ? `NOT WORSE  B is nowhere worse than A (${by})` : `WORSE  B is worse than A in ${plural(worse, 'place')} (${by})`;
  const inOrder = scenarios.toSorted((one, other) => other.worse - one.worse);
  return [
    head,
    printable(`A: ${a}`),
    printable(`B: ${b}`),
    ...inOrder.slice(0, SCENARIOS_MAX).flatMap(scenarioLines),
    ...inOrder.slice(SCENARIOS_MAX).map(headLine),
    ...onlyLines('A', onlyA),
    ...onlyLines('B', onlyB),
  ];
}

function onlyLines(side: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [printable(`only in ${side}: ${names.join(', ')}`)];
}

function headLine({ scenario, ended: { a, b, isWorse }, worse }: ScenarioPair): string {
  const mark = isWorse ? ' !' : '';
  return `${printable(scenario)}: ${headOf(a)} -> ${headOf(b)}${mark}${worse === 0 ? '' : `, ${worse} worse`}`;
}

function scenarioLines(pair: ScenarioPair): readonly string[] {
  const { checks, thresholds, quantiles, ended } = pair;
  const differing = checks.filter(({ a, b, isWorse }) => isWorse || a?.verdict !== b?.verdict || a?.anomalies !== b?.anomalies);
  const reads = `reads ${ended.a.operations.reads} -> ${ended.b.operations.reads}, writes ${ended.a.operations.writes} -> ${ended.b.operations.writes}`;
  return [
    '',
    headLine(pair),
    `  ${checks.length - differing.length} of ${checks.length} checks alike; ${reads}`,
    ...differing.map(checkLine),
    ...thresholds.map(thresholdLine),
    ...quantileLines(quantiles),
  ];
}

function markOf(isWorse: boolean): string {
  return isWorse ? '!' : ' ';
}

function checkLine({ check, a, b, isWorse }: CheckPair): string {
  const told = (of: CheckPair['a']) =>
    of === null ? '-' : `${of.verdict}${of.anomalies === 0 ? '' : ` (${plural(of.anomalies, 'anomaly', 'anomalies')})`}`;
  return `${markOf(isWorse)} ${printable(check)}: ${told(a)} -> ${told(b)}`;
}

function thresholdLine({ metric, threshold, a, b, isWorse }: ThresholdPair): string {
  const told = (of: ThresholdPair['a']) => {
    if (of === null) return '-';
    if (of.value === null) return 'no samples';
    return `${Number(of.value.toPrecision(4))} ${of.ok ? 'held' : of.doubt === undefined ? 'crossed' : 'unknown'}`;
  };
  return `${markOf(isWorse)} ${printable(`${metric} ${threshold}`)}: ${told(a)} -> ${told(b)}`;
}

/** A before B, quantile by quantile; what is worse has a mark behind it. */
function quantileLines(pairs: readonly QuantilesPair[]): readonly string[] {
  if (pairs.length === 0) return [];
  const cell = ({ a, b, worse }: QuantilesPair, at: keyof Quantiles) => [
    msText(a?.[at]),
    `${msText(b?.[at])}${markOf(worse.includes(at))}`,
  ];
  // Those that are worse are always among them.
  const shown = new Set(pairs.toSorted((one, other) => other.worse.length - one.worse.length).slice(0, ROWS_MAX));
  const rows = pairs
    .filter((pair) => shown.has(pair))
    .map((pair) => [`  ${printable(`${pair.region} ${pair.figure}`)}`, ...QUANTILES.flatMap((at) => cell(pair, at))]);
  const head = ['  ms', ...['P50', 'P95', 'P99', 'max'].flatMap((name) => [`${name} A`, `${name} B `])];
  const more = pairs.length > rows.length ? [`  and ${pairs.length - rows.length} more, with --json`] : [];
  return [...table([head, ...rows]), ...more];
}
