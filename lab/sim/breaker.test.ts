/**
 * What the scenario `origin-flaps` demands of a circuit breaker: it passes with ours, and says so of none, and of one
 * that floods its origin.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenario } from '../scenarios/scenario.ts';
import { runSeed } from './seed-run.ts';
import { seedSetup } from './testing/kit.ts';
import { patchedSimulator, type Simulator } from './testing/patched-simulator.ts';
import { SLIPPING_PATCHES } from './testing/patches/patches.ts';

const SCENARIO = join(import.meta.dirname, '../scenarios/origin-flaps.yaml');
const SEEDS = [1, 2, 3] as const;
const TEST_MS_MAX = 120_000;

/** The thresholds that were crossed, by seed. */
async function crossed(run: Simulator['runSeed'], breaker = true): Promise<readonly (readonly string[])[]> {
  const scenario = await readScenario(SCENARIO);
  const { topology } = await seedSetup();
  const all = [];
  for (const seed of SEEDS) {
    const { summary } = await run({ scenario: { ...scenario, system: { ...scenario.system, breaker } }, seed, topology });
    all.push(summary.thresholds.filter(({ ok }) => !ok).map(({ metric, value }) => `${metric} ${value}`));
  }
  return all;
}

describe('origin-flaps', { timeout: TEST_MS_MAX }, () => {
  it('keeps every threshold with a breaker', async () => {
    expect(await crossed(runSeed)).toEqual([[], [], []]);
  });

  it('crosses the one of the time that reads take without a breaker', async () => {
    for (const ofSeed of await crossed(runSeed, false)) expect(ofSeed.join()).toContain('edge_read_duration{region:us-east,phase:fault}');
  });

  it('crosses it where every call is sent beside a probe, too', async () => {
    const patch = SLIPPING_PATCHES.find(({ name }) => name === 'breaker-half-open-flood');
    if (patch === undefined) throw new TypeError('expected the patch breaker-half-open-flood');
    const { runSeed: flooding } = await patchedSimulator(patch);
    for (const ofSeed of await crossed(flooding)) expect(ofSeed.join()).toContain('edge_read_duration');
  });
});
