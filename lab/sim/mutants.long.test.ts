/**
 * The checks have teeth: every known bug is caught by a check that names its damage, on seeds on which the real
 * protocol is clean (`clean.test.ts`).
 */
import { describe, expect, it } from 'vitest';
import type { Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { caughtBy } from './mutation.ts';
import { runSeedOf } from './outcome.ts';
import { seedSetup } from './testing/kit.ts';

const SEEDS = 200;
const MS_MAX = 600_000;

/** The first seed of SEEDS whose verdict names what the mutant does. */
async function firstCaught(mutant: Mutant): Promise<number | undefined> {
  const setup = await seedSetup({ mutant: mutant.name });
  for (let seed = 1; seed <= SEEDS; seed += 1) if (caughtBy(await runSeedOf(seed, setup), mutant).length > 0) return seed;
  return undefined;
}

describe('over 200 seeds', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s is caught',
    async (_name, mutant) => {
      expect(await firstCaught(mutant)).toBeDefined();
    },
    MS_MAX,
  );
});
