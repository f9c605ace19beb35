/** What many outcomes come to: a verdict of each check over all of them, and the first seed that fails. */
import { composeVerdict, type Verdict } from '../checks/check.ts';
import { CHECKS } from '../checks/checks.ts';
import { EXIT, EXIT_OF_VERDICT, type ExitCode } from '../errors.ts';
import type { Summary } from '../report/events.ts';
import { isFailing, type SeedOutcome } from './outcome.ts';

interface CheckTally {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly anomalies: number;
  /** Of the lowest seed that had not enough to judge by. */
  readonly why: { readonly seed: number; readonly reason: string } | undefined;
}

const NOTHING: CheckTally = { pass: 0, fail: 0, unknown: 0, anomalies: 0, why: undefined };
/**
 * Some seeds have nothing that a check could judge by. In virtual time nothing is in the way: if more have not, a fault
 * is without effect.
 */
const UNKNOWN_SHARE_MAX = 0.05;
const ALLOWED = `at most ${UNKNOWN_SHARE_MAX * 100} % may`;

export class Tally {
  readonly #checks = new Map<string, CheckTally>();
  readonly #operations = { reads: 0, writes: 0, failed: 0, unknown: 0 };
  /** The lowest seeds that failed, by their number. */
  readonly #failing = new Map<number, SeedOutcome>();
  #seeds = 0;
  #unknown = 0;

  add(outcome: SeedOutcome): void {
    const { seed, status } = outcome;
    this.#seeds += 1;
    if (status === 'completed' && outcome.verdict === 'unknown') this.#unknown += 1;
    for (const { check, verdict, anomalies, reason } of outcome.checks) {
      const known = this.#checks.get(check) ?? NOTHING;
      const why = verdict === 'unknown' && seed < (known.why?.seed ?? Number.POSITIVE_INFINITY) ? { seed, reason } : known.why;
      this.#checks.set(check, { ...known, [verdict]: known[verdict] + 1, anomalies: known.anomalies + anomalies, why });
    }
    for (const kind of ['reads', 'writes', 'failed', 'unknown'] as const) this.#operations[kind] += outcome.operations[kind];
    if (isFailing(outcome)) this.#failing.set(outcome.seed, outcome);
  }

  get seeds(): number {
    return this.#seeds;
  }

  get operations(): Summary['operations'] {
    return { ...this.#operations };
  }

  /** By their numbers, lowest first. */
  get failing(): readonly SeedOutcome[] {
    return [...this.#failing.values()].sort((one, other) => one.seed - other.seed);
  }

  /** One seed has not always something to judge: a check passes when it passed for nearly all and failed for none. */
  get checks(): Summary['checks'] {
    const checks = [...this.#checks].map(([check, tally]) => this.#toCheck(check, tally));
    if (!this.#isTooMany(this.#unknown) || checks.some(({ verdict }) => verdict === 'unknown')) return checks;
    const reason = `${this.#unknown} of ${this.#seeds} seeds had not enough evidence (${ALLOWED}), no check in so many`;
    return [...checks, { check: 'evidence', verdict: 'unknown', reason, anomalies: 0 }];
  }

  #toCheck(check: string, tally: CheckTally): Summary['checks'][number] {
    const { fail, unknown, anomalies, why } = tally;
    // What stands against a pass is told only by a seed where it does.
    const pass = check in CHECKS ? tally.pass : this.#seeds - fail - unknown;
    const isUnknown = pass === 0 || this.#isTooMany(unknown);
    const such = isUnknown && why !== undefined ? ` (${ALLOWED}), such as seed ${why.seed}: ${why.reason}` : '';
    const others = `${fail === 0 ? '' : `, ${fail} fail`}${unknown === 0 ? '' : `, ${unknown} had not enough evidence${such}`}`;
    const reason = `${pass} of ${pass + fail + unknown} seeds pass${others}`;
    return { check, verdict: fail > 0 ? 'fail' : isUnknown ? 'unknown' : 'pass', reason, anomalies };
  }

  #isTooMany(unknown: number): boolean {
    return unknown > this.#seeds * UNKNOWN_SHARE_MAX;
  }

  get verdict(): Verdict {
    return composeVerdict(this.checks);
  }

  /** A seed whose world failed is the lab's failure, not a verdict. */
  get exitCode(): ExitCode {
    return this.failing.some(({ status }) => status !== 'completed') ? EXIT.failed : EXIT_OF_VERDICT[this.verdict];
  }
}
