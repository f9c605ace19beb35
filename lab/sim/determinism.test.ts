/**
 * The same seed gives the same history, to the byte: twice in one process, and in every version of Node that runs the
 * lab.
 */
import { describe, expect, it } from 'vitest';
import { checkDeterminism, digestOf, historyOf } from './determinism.ts';
import { drawScenario } from './swarm.ts';
import { seedSetup } from './testing/kit.ts';

/**
 * Changes with whatever changes a simulated run: then write it anew with `-u`. It must never differ between versions of
 * Node. In 103 and 104 more than elsewhere happens at one moment: they show a change of order that the first do not.
 */
const SEEDS = [1, 2, 3, 103, 104] as const;
/** With a circuit breaker and warmed caches, which those have not. */
const PROTECTED = 11;

describe('a seed', () => {
  it.each([...SEEDS, PROTECTED])('gives the same history twice: %s', async (seed) => {
    expect(await checkDeterminism(seed, await seedSetup())).toBeUndefined();
  });

  it('gives another history than the next one', async () => {
    const setup = await seedSetup();
    expect(digestOf(await historyOf(1, setup))).not.toBe(digestOf(await historyOf(2, setup)));
  });

  it('gives the history it has always given', async () => {
    const setup = await seedSetup();
    const digests = [];
    // The head says what is run; what follows is what happened.
    for (const seed of SEEDS) digests.push(digestOf((await historyOf(seed, setup)).slice(1)));
    expect(digests).toMatchSnapshot();
  });

  it('gives the history it has always given where its edges are protected', async () => {
    const setup = await seedSetup();
    const { system } = drawScenario({ seed: PROTECTED, regions: ['us-east', 'eu-west', 'ap-south'], durationMs: setup.durationMs });
    expect(system).toMatchObject({ breaker: true, warming: { keys: expect.any(Number) } });
    expect(digestOf((await historyOf(PROTECTED, setup)).slice(1))).toMatchSnapshot();
  });
});
