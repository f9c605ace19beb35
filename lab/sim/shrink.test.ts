import { describe, expect, it } from 'vitest';
import { parseScenario } from '../scenarios/scenario.ts';
import { writtenScenario } from '../scenarios/written.ts';
import { onlyRegions } from '../topology/topology.ts';
import type { SimulatedTopology } from './regions.ts';
import { runSeed } from './seed-run.ts';
import { shrink } from './shrink.ts';
import { drawScenario } from './swarm.ts';
import { seedSetup } from './testing/kit.ts';

const SEEDS_MAX = 60;
const MS_MAX = 180_000;
const MUTANT = 'join-any-fetch';
const REGIONS = ['us-east', 'eu-west', 'ap-south'];

const scenarioOf = (seed: number) => drawScenario({ seed, regions: REGIONS, keys: 20, durationMs: 60_000 });

/** Seeds that show the mutant: which ones changes with every change of a load or a fault. */
async function* failing(topology: SimulatedTopology): AsyncGenerator<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed += 1) {
    const { anomalies } = await runSeed({ scenario: scenarioOf(seed), seed, topology, mutant: MUTANT });
    if (anomalies.length > 0) yield seed;
  }
}

/** The first of them that shrinks in every way: a shorter load is another load, so not each anomaly outlives it. */
async function firstShrunk(topology: SimulatedTopology) {
  for await (const seed of failing(topology)) {
    const scenario = scenarioOf(seed);
    const { signal } = new AbortController();
    const shrunk = await shrink({ scenario, seed, topology, mutant: MUTANT, signal, onStep: () => {} });
    expect(shrunk?.scenario.method.length).toBeLessThan(scenario.method.length);
    const { duration, keys } = shrunk?.scenario.workload ?? scenario.workload;
    if (shrunk !== undefined && duration < 60_000 && keys < 20) return { seed, shrunk };
  }
  throw new Error(`expected a seed up to ${SEEDS_MAX} that shows ${MUTANT} in less time and with fewer keys, got none`);
}

describe('a seed that shows an anomaly', () => {
  it(
    'shrinks to a smaller scenario, whose file shows the same anomaly',
    async () => {
      const { topology } = await seedSetup();
      const { seed, shrunk } = await firstShrunk(topology);
      const read = { id: 'shrunk', ...parseScenario(writtenScenario(shrunk.scenario), 'shrunk.yaml') };
      const again = await runSeed({ scenario: read, seed, topology: onlyRegions(topology, read.system.only), mutant: MUTANT });
      expect(again.anomalies).toContainEqual(shrunk.anomaly);
    },
    MS_MAX,
  );

  it('has nothing to shrink without one', async () => {
    const { topology } = await seedSetup();
    const signal = new AbortController().signal;
    expect(await shrink({ scenario: scenarioOf(1), seed: 1, topology, signal, onStep: () => {} })).toBeUndefined();
  });
});

describe('a scenario that was drawn', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the same when it was written and read: seed %s', (seed) => {
    const { refuse, checksUnder, id, ...drawn } = scenarioOf(seed);
    const { refuse: _, checksUnder: __, ...read } = parseScenario(writtenScenario({ ...drawn, refuse, checksUnder, id }), 'f.yaml');
    expect(read).toEqual(drawn);
  });
});
