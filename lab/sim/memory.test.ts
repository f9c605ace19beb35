/** What a seed takes it gives back: in one process thousands run one after another. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { runSeedOf } from './outcome.ts';
import { seedSetup } from './testing/kit.ts';

const SEEDS_BEFORE = 20;
const SEEDS = 40;
const MB = 1_000_000;
/** The history alone of one seed is half a megabyte. What a compiler learns meanwhile is below 2 MB. */
const GROWTH_BYTES_MAX = 4 * MB;

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new TypeError('expected a way to collect garbage, got none');
  return () => void collect();
}

it('a seed leaves nothing in memory behind', { timeout: 120_000 }, async () => {
  const setup = await seedSetup();
  const collect = collector();
  const heapAfter = async (from: number, to: number) => {
    for (let seed = from; seed <= to; seed += 1) await runSeedOf(seed, setup);
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapAfter(1, SEEDS_BEFORE);
  const after = await heapAfter(SEEDS_BEFORE + 1, SEEDS_BEFORE + SEEDS);
  expect((after - before) / MB).toBeLessThan(GROWTH_BYTES_MAX / MB);
});
