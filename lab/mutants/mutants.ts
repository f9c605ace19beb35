/** The table of mutants. A new one is a file and a line here. */
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Backend } from '../worlds/world.ts';
import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [];

/** Throws InvalidInput naming the nearest known one. */
export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const known = MUTANTS.map((mutant) => mutant.name);
  throw new InvalidInput(`expected a mutant (${known.join(', ')}), got ${JSON.stringify(name)}${didYouMean(name, known)}`);
}

/** Throws InvalidInput unless there is such a mutant and the world can be run with it. */
export function checkMutant(name: string, backend: Backend): void {
  mutantNamed(name);
  if (backend === 'docker') throw new InvalidInput(`--mutant ${name}: needs --backend embedded or simulated, got docker`);
}
