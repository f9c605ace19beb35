/**
 * All checks over one history. Each check's verdict is its own; but one cause makes one anomaly: what a check finds of
 * a version that a region should not have answered is told by the first of the table that finds it, and left out of the
 * others.
 */
import { HEAL_SEEN_MS_MAX } from '../faults/fault.ts';
import type { History } from '../history/history.ts';
import type { SavedHistory } from '../history/read-history.ts';
import type { ReadOperation } from '../history/records.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from './check.ts';
import { CHECKS, type CheckName } from './checks.ts';
import { incoherences, untoldDelays } from './coherence.ts';
import { excusesNothing } from './fault-windows.ts';
import { beginLoadHeld } from './load-held.ts';
import { Told } from './needs.ts';
import { passOver, toInput } from './pass.ts';

const MS_PER_S = 1_000;

export interface JudgeOptions {
  readonly history: History;
  readonly checks: readonly CheckName[];
  readonly context: CheckContext;
}

/**
 * In the order of `checks`, and after them what else stands against a pass. Throws InvalidInput where a region's delay
 * is not told.
 */
export function judgeHistory({ history, checks, context }: JudgeOptions): readonly CheckResult[] {
  const inOrder: readonly Check[] = Object.values(CHECKS).filter(({ name }) => checks.some((wanted) => wanted === name));
  const input = toInput(history, context);
  const told = new Told(history, context.regions);
  const load = beginLoadHeld(history);
  const judgings = inOrder.map((check) => ({ check, judging: check.begin(input) }));
  const all = [{ read: (read: ReadOperation) => told.take(read) }, load, ...judgings.map(({ judging }) => judging)];
  passOver(history, context.staleness, all);
  const reported = new Map<string, string>();
  const results = new Map<string, CheckResult>();
  for (const { check, judging } of judgings)
    results.set(check.name, withoutReported(told.asNeeded(judging.result(), check.needs), reported));
  const ordered = checks.flatMap((name) => results.get(name) ?? []);
  const found = history.of('finding').map((finding) => ({ ...finding, anomalies: [] }));
  return [...ordered, ...unconfirmedFaults(history), ...unseenHeals(history), ...load.result(), ...found, ...unfinished(history)];
}

/** Of a history that somebody may have changed since: it must hold together, too. */
export function judgeSaved(
  { history, head }: Pick<SavedHistory, 'history' | 'head'>,
  checks: readonly CheckName[],
): readonly CheckResult[] {
  const untold = untoldDelays(history, head);
  return [...(untold.length > 0 ? untold : judgeHistory({ history, checks, context: head })), ...incoherences(history, head)];
}

/** Adds what it tells itself to what is reported. */
function withoutReported(result: CheckResult, reported: Map<string, string>): CheckResult {
  const anomalies = result.anomalies.filter((anomaly) => !reported.has(causeOf(anomaly)));
  const by = new Set(result.anomalies.flatMap((anomaly) => reported.get(causeOf(anomaly)) ?? []));
  for (const anomaly of anomalies) if (anomaly.version !== undefined) reported.set(causeOf(anomaly), anomaly.anomaly);
  return by.size === 0 ? result : { ...result, anomalies, reason: `${result.reason}; reported under ${[...by].join(', ')}` };
}

function causeOf({ anomaly, region, key, version }: Anomaly): string {
  return version === undefined ? anomaly : `${region} ${key} ${version}`;
}

/** A fault without evidence that it took effect: what the run shows is not what the scenario says. */
function unconfirmedFaults({ faults }: History): readonly CheckResult[] {
  const found = faults.filter(({ effect }) => effect === 'unconfirmed');
  if (found.length === 0) return [];
  const names = found.map(({ fault, target }) => `${fault} ${target.text}`).join(', ');
  return [{ check: 'faults', verdict: 'unknown', reason: `no effect was seen of ${names}`, anomalies: [] }];
}

/** A fault whose end nobody saw may have been in effect for longer or for less long than it was excused. */
function unseenHeals({ faults }: History): readonly CheckResult[] {
  const reasons = faults.flatMap((fault) => {
    const { fault: name, target, injectedMs, healingMs = injectedMs, healedMs } = fault;
    if (excusesNothing(fault)) return [];
    const what = `${name} ${target.text}`;
    if (healedMs === undefined) return [`the heal of ${what} was not seen: nothing after ${seconds(injectedMs)} could be judged`];
    const lateMs = healedMs - healingMs;
    return fault.healingMs === undefined || lateMs <= HEAL_SEEN_MS_MAX
      ? []
      : [`the heal of ${what} was not seen for ${seconds(lateMs)}: nothing in that time was judged`];
  });
  return reasons.length === 0 ? [] : [{ check: 'heals', verdict: 'unknown', reason: reasons.join('; '), anomalies: [] }];
}

function seconds(ms: number): string {
  return `${(ms / MS_PER_S).toFixed(1)} s`;
}

/**
 * A run that was stopped or killed shows what it shows, but not that nothing else would have come; nor does one of
 * which lines are missing.
 */
function unfinished({ endedMs, openCount, nextId }: History): readonly CheckResult[] {
  if (endedMs !== undefined && openCount === 0) return [];
  const reason =
    endedMs === undefined
      ? 'the run did not reach its end'
      : `the run ended, but no end is recorded for ${openCount} of ${nextId} operations`;
  return [{ check: 'history', verdict: 'unknown', reason, anomalies: [] }];
}
