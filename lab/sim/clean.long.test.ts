import { expect, it } from 'vitest';
import { tallyOfClean } from './testing/clean.ts';

const SEEDS = 3_000;
/** It is the last of the long ones to begin: both cores are its own in the end. */
const JOBS = 2;
const MS_MAX = 3_600_000;

it(`the real protocol is clean on ${SEEDS} seeds, and almost each of them has something to judge`, { timeout: MS_MAX }, async () => {
  expect(await tallyOfClean(SEEDS, JOBS)).toEqual({ verdict: 'pass', seeds: SEEDS, failing: [] });
});
