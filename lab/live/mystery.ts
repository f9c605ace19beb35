/**
 * A world with one known bug in it, that somebody is to find: they break things, read the tables, run scenarios, and
 * name the bug. The answer comes with its witness: what a check found in the scenario that brings this bug to light, in
 * virtual time, and the command that shows it again.
 */
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { onlyRegions } from '../topology/topology.ts';
import { type Catalogue, readFrom } from './catalogue.ts';
import type { LiveEvent, MysteryAnswer, MysteryView, Told } from './protocol.ts';

export interface MysteryOptions {
  readonly mutant: Mutant;
  readonly catalogue: Catalogue;
  readonly tell: (event: Told<LiveEvent>) => void;
}

/** One of the first few shows it: a test asks each known bug for its witness. */
const SEEDS_MAX = 50;

export class Mystery {
  readonly #options: MysteryOptions;
  #view: MysteryView = { suspects: MUTANTS.map(({ name, about }) => ({ name, about })), wrong: [] };

  constructor(options: MysteryOptions) {
    this.#options = options;
    this.#tell();
  }

  /** Throws InvalidInput for what is no suspect, and when it is answered already. */
  async guess(name: string): Promise<void> {
    this.#checkOpen();
    const names = MUTANTS.map((mutant) => mutant.name);
    if (!names.includes(name)) throw new InvalidInput(`expected one of the suspects, got ${name}${didYouMean(name, names)}`);
    if (name === this.#options.mutant.name) return this.#answer(true);
    const { wrong } = this.#view;
    if (!wrong.includes(name)) this.#view = { ...this.#view, wrong: [...wrong, name] };
    this.#tell();
  }

  /** Throws InvalidInput when it is answered already. */
  async giveUp(): Promise<void> {
    this.#checkOpen();
    await this.#answer(false);
  }

  #checkOpen(): void {
    if (this.#view.answer !== undefined) throw new InvalidInput(`the bug is known: ${this.#view.answer.name}`);
  }

  async #answer(wasFound: boolean): Promise<void> {
    const { mutant, catalogue } = this.#options;
    const { name, about, caughtBy, shownBy } = mutant;
    const known: MysteryAnswer = { name, about, caughtBy, shownBy, wasFound };
    this.#view = { ...this.#view, answer: known };
    this.#tell();
    this.#view = { ...this.#view, answer: { ...known, witness: await witnessOf(mutant, catalogue) } };
    this.#tell();
  }

  #tell(): void {
    this.#options.tell({ type: 'mystery', mystery: this.#view });
  }
}

/** Its code is loaded when it is asked for. */
async function witnessOf({ name, caughtBy, shownBy }: Mutant, catalogue: Catalogue): Promise<MysteryAnswer['witness']> {
  const { runSeed } = await import('../sim/seed-run.ts');
  const scenario = await readFrom(catalogue, shownBy);
  const topology = onlyRegions(await catalogue.topology(), scenario.system.only);
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { anomalies } = await runSeed({ scenario, seed, topology, mutant: name });
    const found = anomalies.find(({ anomaly }) => caughtBy.includes(anomaly));
    if (found === undefined) continue;
    const again = `edgesync-lab run ${shownBy} --backend simulated --mutant ${name} --seed ${seed}`;
    return { check: found.anomaly, explain: found.explain, again };
  }
  return undefined;
}
