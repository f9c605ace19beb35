/**
 * Services on machines of their own, whose clocks differ: the real protocol is clean all the same, and known bugs are
 * caught.
 */
import { describe, expect, it } from 'vitest';
import type { Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { drawSkews } from '../worlds/simulated/drawn-clocks.ts';
import { caughtBy } from './mutation.ts';
import { isFailing, runSeedOf, type SeedOutcome } from './outcome.ts';
import { runSeed } from './seed-run.ts';
import { seedSetup } from './testing/kit.ts';

const SEEDS = Number(process.env['CLOCK_SEEDS'] ?? 60);
const MUTANT_SEEDS = 200;
const MS_MAX = 600_000;
/** One for each of ten checks and ways to break it, `purge-ignored` above all: it alone judges by another clock. */
const TEN = [
  'ignore-tags-and-patterns',
  'epoch-off-by-one',
  'soft-purges',
  'unfenced-fill',
  'start-at-latest',
  'publish-without-outbox',
  'delete-as-stale',
  'drop-revalidation',
  'swallow-apply-error',
  'sleep-serially',
] as const;

async function outcomesOf(areSet: boolean) {
  const setup = await seedSetup();
  const regions = setup.topology.regions.map(({ region }) => region);
  const outcomes = [];
  for (let seed = 1; seed <= SEEDS; seed += 1)
    outcomes.push(await runSeedOf(seed, { ...setup, skews: drawSkews(seed, regions, { areSet }) }));
  return outcomes;
}

/** Not for want of something to judge, which is so whatever the clocks. */
function isDoubtful({ checks }: SeedOutcome): boolean {
  return checks.some(({ verdict, reason }) => verdict === 'unknown' && !reason.startsWith('nothing to judge'));
}

function toldOf(outcomes: Awaited<ReturnType<typeof outcomesOf>>) {
  return outcomes
    .filter(isFailing)
    .map(({ seed, error, anomalies }) => ({ seed, error, explain: anomalies.map(({ explain }) => explain) }));
}

async function firstCaught(mutant: Mutant): Promise<number | undefined> {
  const setup = await seedSetup({ mutant: mutant.name });
  const regions = setup.topology.regions.map(({ region }) => region);
  for (let seed = 1; seed <= MUTANT_SEEDS; seed += 1) {
    const outcome = await runSeedOf(seed, { ...setup, skews: drawSkews(seed, regions, { areSet: false }) });
    if (caughtBy(outcome, mutant).length > 0) return seed;
  }
  return undefined;
}

describe('where the clocks of the services differ', () => {
  it.each([
    ['ahead of that of the origin by more than the skew calls nothing of its cache fresh', 2_500, false],
    ['behind it by more calls nothing fresh either', -2_500, false],
    ['ahead of it by less calls most fresh', 400, true],
    ['behind it by less does so, too', -400, true],
  ])(
    'an edge whose clock is %s',
    async (_where, aheadMs, isFresh) => {
      const { topology } = await seedSetup();
      const text = `version: 1
title: apart
system: { lease: 5s, skew: 500ms }
workload: { duration: 30s, reads: 60/s, writes: 1/s, keys: 5 }`;
      const scenario = { id: 'apart', ...parseScenario(text, 'apart.yaml') };
      const { history } = await runSeed({ scenario, seed: 1, topology, skews: { 'edge:eu-west': { aheadMs } } });
      const cached = [...history.reads].filter(({ region, source }) => region === 'eu-west' && source === 'cache');
      const fresh = cached.filter(({ status }) => status === 'fresh').length;
      expect(cached.length).toBeGreaterThan(300);
      expect([fresh > cached.length / 2, fresh === 0]).toEqual([isFresh, !isFresh]);
    },
    MS_MAX,
  );

  it(
    'the real protocol is clean, and judged as it is elsewhere',
    async () => {
      const outcomes = await outcomesOf(false);
      expect(toldOf(outcomes)).toEqual([]);
      expect(outcomes.filter(isDoubtful).length).toBeLessThan(SEEDS / 20);
    },
    MS_MAX,
  );

  it(
    'and are set while the load lasts, it is not accused either',
    async () => {
      expect(toldOf(await outcomesOf(true))).toEqual([]);
    },
    MS_MAX,
  );

  it.each(TEN)(
    '%s is caught',
    async (name) => {
      const mutant = MUTANTS.find((known) => known.name === name);
      expect(mutant && (await firstCaught(mutant))).toBeDefined();
    },
    MS_MAX,
  );
});
