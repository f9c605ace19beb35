/**
 * Whether the faults of a saved history are those of its scenario, and excuse no more than the table of faults allows.
 */
import { drawSchedule } from '../faults/drawn-schedule.ts';
import type { Fault } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import type { Slowing } from '../faults/slowing.ts';
import type { History } from '../history/history.ts';
import type { HistoryHead } from '../history/history-lines.ts';
import type { FaultRecord } from '../history/records.ts';
import type { ParsedScenario } from '../scenarios/scenario.ts';

/** What is held against its own head. */
export interface SavedRun {
  readonly history: History;
  readonly head: HistoryHead;
  readonly scenario: ParsedScenario;
}

/** Each in words. */
export function faultsOutOfPlace({ history, scenario }: Pick<SavedRun, 'history' | 'scenario'>): readonly string[] {
  return history.faults.flatMap((record) => {
    const what = `${record.fault} ${record.target.text}`;
    const fault = FAULTS.get(record.fault);
    if (fault === undefined) return [`this program has no fault ${record.fault}`];
    return [...tooMuch(record, fault, scenario), ...outOfOrder(record)].map((wrong) => `${what} ${wrong}`);
  });
}

/**
 * A fault stands at the places that its scenario names, each as often: fewer only where the load did not get to its
 * end.
 */
export function faultsNotPlanned({ history, head: { regions, seed }, scenario: { method } }: SavedRun): readonly string[] {
  const planned = countsOf(
    drawSchedule({ method, regions, seed }).faults.map(({ planned: { fault }, target }) => `${fault} ${target.text}`),
  );
  const told = countsOf(history.faults.map(({ fault, target }) => `${fault} ${target.text}`));
  const isWhole = history.endedMs !== undefined && history.load !== undefined && history.of('abort').length === 0;
  return [...new Set([...planned.keys(), ...told.keys()])].flatMap((what) => {
    const [asked, count] = [planned.get(what) ?? 0, told.get(what) ?? 0];
    return count > asked || (count < asked && isWhole)
      ? [`its scenario has ${what} ${times(asked)}, and its records have it ${times(count)}`]
      : [];
  });
}

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

function times(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;
}

function tooMuch(record: FaultRecord, fault: Fault, scenario: ParsedScenario): readonly string[] {
  const { recoveryAllowanceMs, slows } = record;
  const isExcused = recoveryAllowanceMs > fault.recoveryAllowanceMs;
  const most = slows === undefined ? [] : slowingsOf(record, fault, scenario);
  const isSlow = slows !== undefined && !most.some((one) => isWithin(slows, one));
  return [
    ...(isExcused ? [`excuses ${recoveryAllowanceMs} ms after its heal, where at most ${fault.recoveryAllowanceMs} ms are allowed`] : []),
    ...(isSlow ? ['delays more than its scenario allows'] : []),
  ];
}

/** By how much the steps of its scenario can delay that target. */
function slowingsOf({ target }: FaultRecord, fault: Fault, { method }: ParsedScenario): readonly Slowing[] {
  return method.flatMap((step) => {
    const { data } = fault.parameters.safeParse(step.parameters);
    if (step.fault !== fault.name || fault.slows === undefined || data === undefined) return [];
    return [fault.slows({ id: '', fault: fault.name, target, parameters: data })];
  });
}

function isWithin(got: NonNullable<FaultRecord['slows']>, most: Slowing): boolean {
  return got.invalidationMs <= most.invalidationMs && got.fetchMs <= most.fetchMs && got.callMs <= most.callMs;
}

function outOfOrder({ injectedMs, seenMs, healingMs, healedMs }: FaultRecord): readonly string[] {
  const isBefore = [seenMs, healingMs, healedMs].some((ms) => ms !== undefined && ms < injectedMs);
  const isGoneBefore = healedMs !== undefined && healedMs < (healingMs ?? healedMs);
  return [...(isBefore ? ['was seen or healed before it was injected'] : []), ...(isGoneBefore ? ['was gone before its heal began'] : [])];
}
