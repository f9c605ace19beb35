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
}

const NOTHING: CheckTally = { pass: 0, fail: 0, unknown: 0, anomalies: 0 };

export class Tally {
  readonly #checks = new Map<string, CheckTally>();
  readonly #operations = { reads: 0, writes: 0, failed: 0, unknown: 0 };
  /** The lowest seeds that failed, by their number. */
  readonly #failing = new Map<number, SeedOutcome>();
  #seeds = 0;

  add(outcome: SeedOutcome): void {
    this.#seeds += 1;
    for (const { check, verdict, anomalies } of outcome.checks) {
      const known = this.#checks.get(check) ?? NOTHING;
      this.#checks.set(check, { ...known, [verdict]: known[verdict] + 1, anomalies: known.anomalies + anomalies });
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

  /** One seed has not always something to judge: a check passes when it passed for some and failed for none. */
  get checks(): Summary['checks'] {
    return [...this.#checks].map(([check, tally]) => {
      const { fail, unknown, anomalies } = tally;
      // What stands against a pass is told only by a seed where it does.
      const pass = check in CHECKS ? tally.pass : this.#seeds - fail - unknown;
      const others = `${fail === 0 ? '' : `, ${fail} fail`}${unknown === 0 ? '' : `, ${unknown} had not enough to judge by`}`;
      const reason = `${pass} of ${pass + fail + unknown} seeds pass${others}`;
      return { check, verdict: fail > 0 ? 'fail' : pass > 0 ? 'pass' : 'unknown', reason, anomalies };
    });
  }

  get verdict(): Verdict {
    return composeVerdict(this.checks);
  }

  /** A seed whose world failed is the lab's failure, not a verdict. */
  get exitCode(): ExitCode {
    return this.failing.some(({ status }) => status !== 'completed') ? EXIT.failed : EXIT_OF_VERDICT[this.verdict];
  }
}
