/**
 * What the reports of a run are made of: its history and its summary, from the run itself or saved by an earlier one.
 */
import type { Anomaly } from '../checks/check.ts';
import { isCheckName } from '../checks/checks.ts';
import { judgeHistory } from '../checks/judge.ts';
import type { History } from '../history/history.ts';
import type { Backend } from '../worlds/worlds.ts';
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
  /** Where they are known already. Left out: they are found in the history. */
  readonly anomalies?: readonly Anomaly[] | undefined;
}

/** The summary counts them; what they are is found in the history again. */
export function anomaliesOf({ history, summary, anomalies }: Pick<ReportSource, 'history' | 'summary' | 'anomalies'>): readonly Anomaly[] {
  if (anomalies !== undefined) return anomalies;
  const { head } = history;
  if (head === undefined || summary.checks.every((check) => check.anomalies === 0)) return [];
  return judgeHistory({ history, checks: head.checks.filter(isCheckName), context: head }).flatMap((result) => result.anomalies);
}
