/** The interface of a check: a pure function from a history to a verdict, with the operations that show why. */
import type { History } from '../history/history.ts';
import type { Applied, EdgeSample, FaultRecord, Operation, OriginSample, OriginState, Published } from '../history/records.ts';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Anomaly {
  readonly anomaly: string;
  /** Of a lost invalidation how far it got; else which of several ways to be wrong it is. */
  readonly subKind?: string;
  readonly region: string;
  /** `*` where it is not one key's. */
  readonly key: string;
  /** Which version the region should not have answered. With region and key it names a cause; undefined where there is no such answer. */
  readonly version?: number;
  /** One English sentence: expected, got, because. */
  readonly explain: string;
  /** The smallest set of operations that shows it, and the faults that touched it. */
  readonly witness: readonly Witness[];
}

export type Witness = Operation | OriginState | FaultRecord | Published | Applied | EdgeSample | OriginSample;

export interface CheckResult {
  readonly check: string;
  readonly verdict: Verdict;
  /** Why it is unknown, or what was judged. */
  readonly reason: string;
  readonly anomalies: readonly Anomaly[];
}

export interface CheckContext {
  readonly regions: readonly string[];
  /** Whether the time of faults is subtracted from staleness (`adjusted`) or counts like any other. */
  readonly staleness: 'adjusted' | 'strict';
}

/** What not every edge tells. */
export type Need = 'fetch-counter' | 'fetch-time' | 'strategy';

export interface Check {
  readonly name: string;
  /** What the anomaly means, in one sentence. */
  readonly about: string;
  /** What it must be told beside the answers that readers get. Without it the verdict is unknown, and names what is missing (`needs.ts`). */
  readonly needs?: readonly Need[];
  judge(history: History, context: CheckContext): CheckResult;
}

/** One failed check fails the run; without a failure one unknown makes it unknown; nothing judged is unknown. */
export function composeVerdict(results: readonly Pick<CheckResult, 'verdict'>[]): Verdict {
  if (results.some((result) => result.verdict === 'fail')) return 'fail';
  return results.length === 0 || results.some((result) => result.verdict === 'unknown') ? 'unknown' : 'pass';
}
