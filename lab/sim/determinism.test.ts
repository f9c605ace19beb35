/** The same seed gives the same history, to the byte: twice in one process, and in every version of Node that runs the lab. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTopology } from '../topology.ts';
import { checkDeterminism, digestOf, historyOf } from './determinism.ts';
import type { SeedSetup } from './outcome.ts';
import { withRegions } from './regions.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));

/** Changes with whatever changes a simulated run: then write it anew with `-u`. It must never differ between versions of Node. */
const SEEDS = [1, 2, 3] as const;

async function setupOf(regions: number): Promise<SeedSetup> {
  return { topology: withRegions(await readTopology({ file: COMPOSE, environment: {} }), regions), keys: 20, durationMs: 60_000 };
}

describe('a seed', () => {
  it.each(SEEDS)('gives the same history twice: %s', async (seed) => {
    expect(await checkDeterminism(seed, await setupOf(3))).toBeUndefined();
  });

  it('gives another history than the next one', async () => {
    const setup = await setupOf(3);
    expect(digestOf(await historyOf(1, setup))).not.toBe(digestOf(await historyOf(2, setup)));
  });

  it('gives the history it has always given', async () => {
    const setup = await setupOf(3);
    const digests = [];
    for (const seed of SEEDS) digests.push(digestOf(await historyOf(seed, setup)));
    expect(digests).toMatchSnapshot();
  });
});
