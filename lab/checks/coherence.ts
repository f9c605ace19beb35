/**
 * Whether a saved history holds together: it has the lines that every run writes, and what they say of the system and
 * of its faults is what the scenario in its head and the tables of this program allow. A history of which lines are
 * gone, or were changed, shows no pass: whoever judged it alone would excuse what nobody has shown.
 */

import { InvalidInput } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { HistoryHead } from '../history/history-lines.ts';
import type { RecordOf } from '../history/record-kinds.ts';
import { plural } from '../input/plural.ts';
import { printable } from '../input/printable.ts';
import { type Phase, phase } from '../report/events.ts';
import { STEADY_STATE } from '../scenarios/hypothesis.ts';
import { type ParsedScenario, parseScenario } from '../scenarios/scenario.ts';
import type { CheckResult } from './check.ts';
import { faultsNotPlanned, faultsOutOfPlace, type SavedRun } from './fault-coherence.ts';

interface Saved extends SavedRun {
  readonly reads: {
    /** What was read at the end. */
    readonly finalKeys: ReadonlySet<string>;
    readonly withoutWriter: number;
    readonly incomplete: number;
  };
}

/** What does not fit, each in words. */
type Rule = (saved: Saved) => readonly string[];

const NAME = 'history';
const TOLD_MAX = 3;

const RULES: readonly Rule[] = [
  askedChecks,
  phasesLeftOut,
  steadyStateLeftOut,
  settingsOfRegions,
  settingsChanged,
  unknownRegions,
  origins,
  answers,
  faultsOutOfPlace,
  faultsNotPlanned,
];

/** Nothing where it holds together, or is of an older version, which kept neither bounds nor its scenario. */
export function incoherences(history: History, head: HistoryHead): readonly CheckResult[] {
  const scenario = head.written === undefined && head.bounds !== undefined ? 'its head has no scenario' : scenarioOf(head);
  if (scenario === undefined) return [];
  const found = typeof scenario === 'string' ? [scenario] : brokenRules({ history, head, scenario, reads: readsOf(history) });
  if (found.length === 0) return [];
  const more = found.length > TOLD_MAX ? `; and ${found.length - TOLD_MAX} more` : '';
  const reason = `the history does not hold together: ${found.slice(0, TOLD_MAX).join('; ')}${more}`;
  return [{ check: NAME, verdict: 'unknown', reason: printable(reason), anomalies: [] }];
}

function brokenRules(saved: Saved): readonly string[] {
  return RULES.flatMap((rule) => rule(saved));
}

/**
 * Nothing where each region has told its delay, or has answered nothing. Without it there is no bound that an answer
 * could be judged by.
 */
export function untoldDelays(history: History, { regions }: HistoryHead): readonly CheckResult[] {
  const told = new Set(history.of('delay').map(({ region }) => region));
  const without = regions.filter((region) => !told.has(region));
  if (without.length === 0 || history.nextId === 0) return [];
  return [
    { check: NAME, verdict: 'unknown', reason: printable(`the history does not state the delay of ${without.join(', ')}`), anomalies: [] },
  ];
}

/** undefined: none was kept. Text: why it is none. */
function scenarioOf({ written, scenario }: HistoryHead): ParsedScenario | string | undefined {
  if (written === undefined) return undefined;
  try {
    return parseScenario(JSON.stringify(written), scenario);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return `its scenario is not valid (${error.message.split('\n')[0]})`;
  }
}

function askedChecks({ head, scenario }: Saved): readonly string[] {
  const left = scenario.checks.filter((name) => !head.checks.includes(name));
  const isOther = scenario.staleness !== head.staleness;
  return [
    ...left.map((name) => `its scenario asks for the check ${name}, and its head does not`),
    ...(isOther ? [`its scenario judges staleness as ${scenario.staleness}, and its head as ${head.staleness}`] : []),
  ];
}

/** A run without a steady state to start from has no load, and says so in a finding. */
function phasesLeftOut({ history }: Saved): readonly string[] {
  const { endedMs } = history;
  if (endedMs === undefined) return [];
  const entered = history.of('phase').map((one) => one.phase);
  const isLoaded = entered.includes('fault') || !history.of('finding').some(({ check }) => check === STEADY_STATE);
  const expected: readonly Phase[] = phase.options.filter((one) => one !== 'fault' || isLoaded);
  const loads = history.of('load').length;
  return [
    ...(entered.join() === expected.join() ? [] : [`expected the phases ${expected.join(', ')}, got ${entered.join(', ') || 'none'}`]),
    ...(loads === (isLoaded ? 1 : 0) ? [] : [`expected ${isLoaded ? 'one plan of its load' : 'no load'}, got ${loads}`]),
  ];
}

function steadyStateLeftOut({ history, scenario: { hypothesis } }: Saved): readonly string[] {
  const isExpected = hypothesis !== undefined && history.endedMs !== undefined;
  if (!isExpected || history.of('finding').some(({ check }) => check === STEADY_STATE)) return [];
  return ['its scenario states a hypothesis, and no finding says whether the hypothesis held after the heal'];
}

/** What each region began with: the scenario of a head has both of each. */
function settingsOfRegions({ history, head, scenario }: Saved): readonly string[] {
  return head.regions.flatMap((region) => {
    const begun = scenario.system.regions[region];
    const delay = history.of('delay').find((change) => change.region === region);
    const strategy = history.of('strategy').find((change) => change.region === region);
    return [
      ...differs(`the delay of ${region} at the start`, begun?.delay, delay?.atMs === 0 ? delay.delayMs : undefined),
      // Not every edge has one: whatever needs it says so.
      ...(strategy === undefined ? [] : differs(`the strategy of ${region} at the start`, begun?.strategy, strategy.strategy)),
    ];
  });
}

/** A region begins with one of each, is set by faults alone, and has in the end what it began with. */
function settingsChanged({ history, head }: Saved): readonly string[] {
  return head.regions.flatMap((region) => [
    ...wrongChanges(history, region, 'delay', 'propagation-delay', ({ delayMs }) => delayMs),
    ...wrongChanges(history, region, 'strategy', 'strategy', (change) => change.strategy),
  ]);
}

function wrongChanges<Kind extends 'delay' | 'strategy'>(
  history: History,
  region: string,
  kind: Kind,
  fault: string,
  settingOf: (change: RecordOf<Kind>) => unknown,
): readonly string[] {
  const changes = history.of(kind).filter((change) => change.region === region);
  const later = changes.filter(({ atMs }) => atMs > 0);
  const set = history.faults.filter((record) => record.fault === fault && record.target.region === region);
  const [first, last] = [changes[0], changes.at(-1)];
  const isPutBack = first === undefined || last === undefined || settingOf(first) === settingOf(last);
  const isOver = history.endedMs !== undefined && set.every(({ healedMs }) => healedMs !== undefined);
  return [
    ...(changes.length - later.length > 1 ? [`${region} begins with more than one ${kind}`] : []),
    ...(set.length === 0 && later.length > 0 ? [`the ${kind} of ${region} changes without the fault ${fault}`] : []),
    ...(isOver && !isPutBack ? [`the ${kind} of ${region} is not put back`] : []),
  ];
}

function differs(what: string, expected: number | string | undefined, got: number | string | undefined): readonly string[] {
  return expected === got ? [] : [`expected ${what} to be ${expected ?? 'stated'}, got ${got ?? 'nothing'}`];
}

function unknownRegions({ history, head }: Saved): readonly string[] {
  const told = new Set([
    ...Object.keys(head.bounds ?? {}),
    ...(['delay', 'strategy', 'edge-sample', 'applied'] as const).flatMap((kind) => history.of(kind).map(({ region }) => region)),
  ]);
  const unknown = [...told].filter((region) => !head.regions.includes(region));
  const without = head.bounds === undefined ? [] : head.regions.filter((region) => head.bounds?.[region] === undefined);
  return [
    ...unknown.map((region) => `it has records of the region ${region}, which is not in its head`),
    ...without.map((region) => `the bounds of ${region} are missing`),
  ];
}

/** What was read at the end was read of keys that the origin was asked for. */
function origins({ history, reads: { finalKeys } }: Saved): readonly string[] {
  const held = new Set(history.of('origin').map(({ key }) => key));
  const keys = [...finalKeys].filter((key) => !held.has(key));
  return keys.length === 0 ? [] : [`the state of the origin at the end is missing for ${keys.slice(0, TOLD_MAX).join(', ')}`];
}

function answers({ reads: { withoutWriter, incomplete } }: Saved): readonly string[] {
  return [
    ...(withoutWriter === 0 ? [] : [`${plural(withoutWriter, 'answer')} without the operation that wrote the body`]),
    ...(incomplete === 0 ? [] : [`${plural(incomplete, 'answer')} without a version, a label or a source`]),
  ];
}

/** What the rules look at of all reads. */
function readsOf({ reads }: History): Saved['reads'] {
  const finalKeys = new Set<string>();
  let [withoutWriter, incomplete] = [0, 0];
  for (const { final, key, outcome, found, writer, version, source, status } of reads) {
    if (final) finalKeys.add(key);
    if (outcome !== 'ok') continue;
    if (found === true && writer === undefined) withoutWriter += 1;
    if ([found, version, source, status].includes(undefined)) incomplete += 1;
  }
  return { finalKeys, withoutWriter, incomplete };
}
