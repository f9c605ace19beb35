/** What the reports of a run are made of: its history and its summary, from the run itself or saved by an earlier one. */
import type { Anomaly } from '../checks/check.ts';
import { isCheckName } from '../checks/checks.ts';
import { judgeHistory } from '../checks/judge.ts';
import type { History } from '../load/history.ts';
import type { Backend } from '../worlds/world.ts';
import type { Summary } from './events.ts';

export interface ReportSource {
  /** Its id. */
  readonly scenario: string;
  readonly title: string;
  /** Empty: the scenario says nothing of itself. */
  readonly description: string;
  readonly backend: Backend;
  readonly seed: number;
  readonly version: string;
  readonly history: History;
  readonly summary: Summary;
}

/** The summary counts them; what they are is found in the history again. */
export function anomaliesOf({ history, summary }: Pick<ReportSource, 'history' | 'summary'>): readonly Anomaly[] {
  const { head } = history;
  if (head === undefined || summary.checks.every(({ anomalies }) => anomalies === 0)) return [];
  return judgeHistory({ history, checks: head.checks.filter(isCheckName), context: head }).flatMap(({ anomalies }) => anomalies);
}

/** When the last thing of the run happened that is known of; ms since its start, 0 when nothing is. */
export function endOf({ endedMs, operations, faults }: History): number {
  if (endedMs !== undefined) return endedMs;
  let lastMs = 0;
  for (const { startMs, endMs } of operations) lastMs = Math.max(lastMs, endMs ?? startMs);
  for (const { injectedMs, healedMs } of faults) lastMs = Math.max(lastMs, healedMs ?? injectedMs);
  return lastMs;
}
