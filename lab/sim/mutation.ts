/** Whether the checks catch a mutant, over the seeds on which the real protocol is clean. */
import type { Mutant } from '../mutants/mutant.ts';
import { isFailing, type SeedOutcome } from './outcome.ts';

export interface MutantReport {
  readonly mutant: string;
  readonly seeds: number;
  /** How many seeds a check that names its damage failed. */
  readonly caught: number;
  /** The check that failed most of those seeds. */
  readonly check: string | null;
  readonly firstSeed: number | null;
  /** Seeds it takes on average; null when it was never caught. */
  readonly meanSeeds: number | null;
  /** Seeds that failed by other checks only. */
  readonly otherwise: number;
  /** Seeds that broke down or ended their process: nothing was judged. Lowest first. */
  readonly crashed: readonly number[];
}

/** What the seeds of one mutant have shown so far. */
export class Hunt {
  readonly #mutant: Mutant;
  readonly #bySeed = new Map<number, readonly string[]>();
  readonly #crashed: number[] = [];
  #seeds = 0;
  #otherwise = 0;

  constructor(mutant: Mutant) {
    this.#mutant = mutant;
  }

  add(outcome: SeedOutcome): void {
    this.#seeds += 1;
    const checks = caughtBy(outcome, this.#mutant);
    if (outcome.status !== 'completed') this.#crashed.push(outcome.seed);
    else if (checks.length > 0) this.#bySeed.set(outcome.seed, checks);
    else if (isFailing(outcome)) this.#otherwise += 1;
  }

  /** Of the mutant. */
  get name(): string {
    return this.#mutant.name;
  }

  /** How many are over. */
  get seeds(): number {
    return this.#seeds;
  }

  report(): MutantReport {
    const caught = this.#bySeed.size;
    const counts = new Map<string, number>();
    for (const check of [...this.#bySeed.values()].flat()) counts.set(check, (counts.get(check) ?? 0) + 1);
    const [most] = [...counts].sort(([, one], [, other]) => other - one);
    return {
      mutant: this.#mutant.name,
      seeds: this.#seeds,
      caught,
      check: most?.[0] ?? null,
      firstSeed: caught === 0 ? null : Math.min(...this.#bySeed.keys()),
      meanSeeds: caught === 0 ? null : Number((this.#seeds / caught).toFixed(1)),
      otherwise: this.#otherwise,
      crashed: this.#crashed.toSorted((one, other) => one - other),
    };
  }
}

/** The checks that failed the seed and name what the mutant does. */
export function caughtBy({ checks }: Pick<SeedOutcome, 'checks'>, mutant: Mutant): readonly string[] {
  return checks.filter(({ check, verdict }) => verdict === 'fail' && mutant.caughtBy.includes(check)).map(({ check }) => check);
}
