/** Whether the faults of a saved history are those of its scenario, and excuse no more than the table of faults allows. */
import { createRandom } from '../../services/runtime/random.ts';
import type { Fault } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import type { Slowing } from '../faults/slowing.ts';
import type { History } from '../history/history.ts';
import type { HistoryHead } from '../history/history-lines.ts';
import type { FaultRecord } from '../history/records.ts';
import type { ParsedScenario } from '../scenarios/scenario.ts';
import { resolveTarget } from '../system/target.ts';

/** What is held against its own head. */
export interface SavedRun {
  readonly history: History;
  readonly head: HistoryHead;
  readonly scenario: ParsedScenario;
}

/** Of each fault that slows, the most that anybody asks for by hand, who is in no scenario. */
const BY_HAND: readonly Readonly<Record<string, unknown>>[] = [{ latency: '10m' }, { rate: 1 }, {}];

/** Each in words. */
export function faultsOutOfPlace({ history, scenario }: Pick<SavedRun, 'history' | 'scenario'>): readonly string[] {
  return history.faults.flatMap((record) => {
    const what = `${record.fault} ${record.target.text}`;
    const fault = FAULTS.get(record.fault);
    if (fault === undefined) return [`this program has no fault ${record.fault}`];
    return [...tooMuch(record, fault, scenario), ...outOfOrder(record)].map((wrong) => `${what} ${wrong}`);
  });
}

/** Each step of a load that went to its end was told, at each of its targets. */
export function faultsLeftOut({ history, head, scenario: { method } }: SavedRun): readonly string[] {
  const isWhole = history.endedMs !== undefined && history.load !== undefined && history.of('abort').length === 0;
  if (!isWhole) return [];
  const expected = new Map<string, number>();
  for (const { fault, target } of method)
    expected.set(fault, (expected.get(fault) ?? 0) + resolveTarget(target, head.regions, createRandom(0)).length);
  return [...expected].flatMap(([fault, count]) => {
    const told = history.faults.filter((record) => record.fault === fault).length;
    return told >= count ? [] : [`its scenario has ${fault} at ${count} places, and it tells of ${told}`];
  });
}

function tooMuch(record: FaultRecord, fault: Fault, scenario: ParsedScenario): readonly string[] {
  const { recoveryAllowanceMs, slows } = record;
  const isExcused = recoveryAllowanceMs > fault.recoveryAllowanceMs;
  const most = slows === undefined ? [] : slowingsOf(record, fault, scenario);
  const isSlow = slows !== undefined && !most.some((one) => isWithin(slows, one));
  return [
    ...(isExcused ? [`excuses ${recoveryAllowanceMs} ms after it, and no such fault more than ${fault.recoveryAllowanceMs} ms`] : []),
    ...(isSlow ? ['delays more than its scenario lets it'] : []),
  ];
}

/** By how much the fault of a step can delay that target. One by hand, which is in no step, by what a link may be slowed at all. */
function slowingsOf({ target }: FaultRecord, fault: Fault, { method }: ParsedScenario): readonly Slowing[] {
  const steps = method.filter((step) => step.fault === fault.name);
  const written = steps.length === 0 ? BY_HAND : steps.map(({ parameters }) => parameters);
  return written.flatMap((raw) => {
    const { data } = fault.parameters.safeParse(raw);
    return fault.slows === undefined || data === undefined ? [] : [fault.slows({ id: '', fault: fault.name, target, parameters: data })];
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
