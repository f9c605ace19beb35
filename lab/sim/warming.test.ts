/**
 * What the scenario `cold-cache` demands of warming: it passes with ours, on both sides, and says so of none and of one
 * that goes on and on.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { History } from '../history/history.ts';
import { readScenario } from '../scenarios/scenario.ts';
import { runSeed } from './seed-run.ts';
import { seedSetup } from './testing/kit.ts';
import { patchedSimulator, type Simulator } from './testing/patched-simulator.ts';
import { PATCHES } from './testing/patches/patches.ts';

const SCENARIO = join(import.meta.dirname, '../scenarios/cold-cache.yaml');
const SEEDS = [1, 2] as const;
const REGION = 'us-east';
/** Looked at after the cache came back empty. */
const AFTER_MS = 5_000;
const MISSES_SHARE_MAX = 0.4;
const TEST_MS_MAX = 120_000;

async function runs(run: Simulator['runSeed'], isWarmed: boolean, seeds: readonly number[] = SEEDS) {
  const scenario = await readScenario(SCENARIO);
  const { topology } = await seedSetup();
  const system = isWarmed ? scenario.system : { ...scenario.system, warming: { keys: 0 } };
  const all = [];
  for (const seed of seeds) {
    const { summary, history } = await run({ scenario: { ...scenario, system }, seed, topology });
    const crossed = summary.thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric.split('{')[0]);
    const failed = summary.checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check);
    all.push({ crossed, failed, misses: missesAfterRestart(history) });
  }
  return all;
}

function missesAfterRestart(history: History): number {
  const restart = history.faults.find(({ fault }) => fault === 'restart');
  if (restart === undefined) throw new TypeError('expected a restart of the cache, got none');
  const { injectedMs } = restart;
  return [...history.reads].filter(
    ({ region, startMs, source }) => region === REGION && injectedMs <= startMs && startMs < injectedMs + AFTER_MS && source !== 'cache',
  ).length;
}

describe('cold-cache', { timeout: TEST_MS_MAX }, () => {
  it('keeps every threshold with warming, and has less than 40 % of the misses', async () => {
    const [warmed, cold] = [await runs(runSeed, true), await runs(runSeed, false)];
    for (const { crossed, failed } of warmed) expect([...crossed, ...failed]).toEqual([]);
    for (const { crossed, failed } of cold) expect([...crossed, ...failed]).toEqual(['edge_hit_ratio', 'edge_read_duration']);
    for (const [at, { misses }] of warmed.entries()) expect(misses).toBeLessThan(MISSES_SHARE_MAX * (cold[at]?.misses ?? 0));
  });

  it('crosses the bound of fetches where what was fetched is fetched once more, and refill-storm says why', async () => {
    const patch = PATCHES.find(({ name }) => name === 'warm-again-and-again');
    if (patch === undefined) throw new TypeError('expected the patch warm-again-and-again');
    const { runSeed: storming } = await patchedSimulator(patch);
    for (const { crossed, failed } of await runs(storming, true, [1]))
      expect([...crossed, ...failed]).toEqual(['origin_fetches', 'refill-storm']);
  });
});
