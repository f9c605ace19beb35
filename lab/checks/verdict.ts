/** What the checks that judge by time have in common: which of many reads is shown, and what doubtful ones mean. */

import { cellOf } from './answers.ts';
import type { Anomaly, CheckResult } from './check.ts';
import type { Staleness, StaleRead } from './staleness.ts';

/** One for each version of a key in a region: the read furthest above its bound. */
export function worstOf<Stale extends Omit<StaleRead, 'superseding'>>(reads: readonly Stale[], staleness: Staleness): readonly Stale[] {
  const worst = new Map<string, Stale>();
  for (const stale of reads) {
    const known = worst.get(cellOf(stale.read));
    if (known === undefined || staleness.excessMs(stale) > staleness.excessMs(known)) worst.set(cellOf(stale.read), stale);
  }
  return [...worst.values()];
}

export interface Judged {
  readonly check: string;
  /** How many were found, whether or not they prove anything. */
  readonly found: number;
  readonly anomalies: readonly Anomaly[];
  readonly reason: string;
  /** Why what was found beside the anomalies proves nothing. */
  readonly doubts: readonly string[];
}

/** What something else may explain proves nothing, but is no pass either. */
export function verdictOf({ check, found, anomalies, reason, doubts: [doubt = 'for a reason that is not known'] }: Judged): CheckResult {
  if (anomalies.length > 0) return { check, verdict: 'fail', reason, anomalies };
  if (found > 0) return { check, verdict: 'unknown', reason: `${reason}, ${doubt}`, anomalies };
  return { check, verdict: 'pass', reason, anomalies };
}
