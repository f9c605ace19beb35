/** What the checks that judge by time have in common: which of many reads is shown, and what doubtful ones mean. */

import { cellOf } from './answers.ts';
import type { Anomaly, CheckResult } from './check.ts';
import { Sieve } from './doubt.ts';
import type { Staleness, StaleRead } from './staleness.ts';

type Above = Omit<StaleRead, 'superseding'>;

/** Of reads above their bound: one for each version of a key in a region, the read furthest above. */
export class WorstReads<Stale extends Above> {
  readonly #worst = new Map<string, Stale>();
  readonly #excessMs: (stale: Stale) => number;

  constructor(staleness: Pick<Staleness, 'excessMs'>) {
    this.#excessMs = (stale) => staleness.excessMs(stale);
  }

  add(stale: Stale): void {
    const cell = cellOf(stale.read);
    const known = this.#worst.get(cell);
    if (known === undefined || this.#excessMs(stale) > this.#excessMs(known)) this.#worst.set(cell, stale);
  }

  /** In the order in which the first of each came. */
  get all(): readonly Stale[] {
    return [...this.#worst.values()];
  }
}

/** Those that prove something, of reads above their bound. */
export function sieveOfWorst<Stale extends Above>(
  staleness: Staleness,
  doubtAbout: (stale: Stale) => string | undefined = (stale) => staleness.doubtOf(stale),
): { readonly sieve: Sieve<Stale>; readonly worst: WorstReads<Stale> } {
  const worst = new WorstReads<Stale>(staleness);
  return { worst, sieve: new Sieve<Stale>(doubtAbout, (stale) => worst.add(stale)) };
}

export interface Judged {
  readonly check: string;
  /** How many were found, whether or not they prove anything. */
  readonly found: number;
  readonly anomalies: readonly Anomaly[];
  readonly reason: string;
  /** Why what was found beside the anomalies proves nothing. */
  readonly doubt?: string | undefined;
}

/** What something else may explain proves nothing, but is no pass either. */
export function verdictOf({ check, found, anomalies, reason, doubt = 'for a reason that is not known' }: Judged): CheckResult {
  if (anomalies.length > 0) return { check, verdict: 'fail', reason, anomalies };
  if (found > 0) return { check, verdict: 'unknown', reason: `${reason}, ${doubt}`, anomalies };
  return { check, verdict: 'pass', reason, anomalies };
}
