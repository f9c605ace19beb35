/**
 * The interface of a check: from a history to a verdict, with the operations that show why. A check takes the reads one
 * after another and keeps what it needs of them, by key and by what it finds: a history may have more reads than there
 * is memory for.
 */
import type { History } from '../history/history.ts';
import type {
  Applied,
  EdgeSample,
  FaultRecord,
  Operation,
  OriginSample,
  OriginState,
  Published,
  ReadOperation,
} from '../history/records.ts';
import type { Staleness, StalenessRule, StaleRead } from './staleness.ts';
import type { AnsweredRead } from './versions.ts';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Anomaly {
  readonly anomaly: string;
  /** Of a lost invalidation how far it got; else which of several ways to be wrong it is. */
  readonly subKind?: string;
  readonly region: string;
  /** `*` where it is not one key's. */
  readonly key: string;
  /**
   * Which version the region should not have answered. With region and key it names a cause; undefined where there is
   * no such answer.
   */
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
  readonly staleness: StalenessRule;
}

/** What not every edge tells. */
export type Need = 'fetch-counter' | 'fetch-time' | 'fetches-dated' | 'strategy';

export interface CheckInput {
  readonly history: History;
  readonly regions: readonly string[];
  readonly rule: StalenessRule;
  /** Made when it is asked for: it goes through the reads. */
  readonly staleness: Staleness;
}

/** A check under way. */
export interface Judging {
  /** Every read, ended or not, in the order in which they began. */
  readonly read?: (read: ReadOperation) => void;
  /**
   * Those that were answered, in the same order. `stale`: undefined where the answer was not known to be superseded
   * when the read began.
   */
  readonly answer?: (read: AnsweredRead, stale: StaleRead | undefined) => void;
  /** Once, after the last read. */
  readonly result: () => CheckResult;
}

export interface Check {
  readonly name: string;
  /** What the anomaly means, in one sentence. */
  readonly about: string;
  /**
   * What it must be told beside the answers that readers get. Without it the verdict is unknown, and names what is
   * missing (`needs.ts`).
   */
  readonly needs?: readonly Need[];
  /** It asks for what only our own edges promise: a run without any is not judged by it. */
  readonly isOfOurs?: true;
  readonly begin: (input: CheckInput) => Judging;
}

/** One failed check fails the run; without a failure one unknown makes it unknown; nothing judged is unknown. */
export function composeVerdict(results: readonly Pick<CheckResult, 'verdict'>[]): Verdict {
  if (results.some((result) => result.verdict === 'fail')) return 'fail';
  return results.length === 0 || results.some((result) => result.verdict === 'unknown') ? 'unknown' : 'pass';
}
