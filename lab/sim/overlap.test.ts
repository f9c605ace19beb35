/**
 * Faults that overlap at one place excuse for as long as each lasts, and no longer: a known bug shows as it does where
 * they are apart.
 */
import { describe, expect, it } from 'vitest';
import { parseScenario, type Scenario } from '../scenarios/scenario.ts';
import { onlyRegions } from '../topology/topology.ts';
import { runSeed, type SeedRun } from './seed-run.ts';
import { seedSetup } from './testing/kit.ts';

/** A short one, over while the other still holds the place for longer than a heal is waited for. */
const OVERLAPS = [
  ["partition, target: 'edge:eu-west<->kafka'", "partition, target: 'edge:eu-west->kafka'"],
  ["isolate, target: 'edge:eu-west'", "partition, target: 'edge:eu-west<->origin'"],
  ["latency, target: 'edge:eu-west->kafka', latency: 300ms", "partition, target: 'edge:eu-west<->kafka'"],
  ["partition, target: 'origin<->kafka'", 'kill, target: kafka'],
  ["pause, target: 'redis:eu-west'", "kill, target: 'edge:eu-west'"],
  ["partition, target: 'edge:eu-west<->origin'", 'kill, target: origin'],
] as const;

function scenarioOf(first: string, second: string): Scenario {
  const text = `version: 1
title: Two at one place
system: { only: [eu-west] }
workload: { duration: 60s, reads: 30/s, writes: 2/s, keys: 5, purges: 10% }
method:
  - { at: 10ms, fault: ${first}, for: 3s }
  - { at: 2s, fault: ${second}, for: 25s }
settle: 10s
`;
  return { id: 'overlap', ...parseScenario(text, 'overlap.yaml') };
}

async function run(first: string, second: string, mutant?: string): Promise<SeedRun> {
  const { topology } = await seedSetup();
  const scenario = scenarioOf(first, second);
  return runSeed({ scenario, seed: 1, topology: { ...topology, ...onlyRegions(topology, scenario.system.only) }, mutant });
}

describe.each(OVERLAPS)('%s beside %s', (first, second) => {
  it('ends with its own heal', async () => {
    const { history, summary } = await run(first, second);
    expect(summary).toMatchObject({ verdict: 'pass', heal: { clean: true } });
    const [short, long] = history.faults;
    expect((short?.healedMs ?? Number.POSITIVE_INFINITY) - (short?.injectedMs ?? 0)).toBeLessThan(6_000);
    expect((long?.healedMs ?? Number.POSITIVE_INFINITY) - (long?.injectedMs ?? 0)).toBeLessThan(30_000);
  });

  it('hides no known bug', async () => {
    const { summary } = await run(first, second, 'ignore-tags-and-patterns');
    expect(summary.verdict).toBe('fail');
  });
});

it('a bug that shows when a cut region comes back shows though two cuts of its link overlap', async () => {
  const text = `version: 1
title: Two cuts that overlap on one link
system: { only: [eu-west] }
workload: { duration: 90s, reads: 30/s, writes: 2/s, keys: 5, purges: 10% }
method:
  - { at: 20s, fault: partition, target: 'edge:eu-west<->kafka', for: 3s }
  - { at: 21s, fault: partition, target: 'edge:eu-west->kafka', for: 20s }
settle: 10s
`;
  const { topology } = await seedSetup();
  const scenario = { id: 'overlap', ...parseScenario(text, 'overlap.yaml') };
  const where = { ...topology, ...onlyRegions(topology, ['eu-west']) };
  expect((await runSeed({ scenario, seed: 1, topology: where })).summary.verdict).toBe('pass');
  expect((await runSeed({ scenario, seed: 1, topology: where, mutant: 'start-at-latest' })).summary.verdict).toBe('fail');
});
