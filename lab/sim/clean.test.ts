import { expect, it } from 'vitest';
import { tallyOfClean } from './testing/clean.ts';

/** 3,000: `clean.long.test.ts`. */
const SEEDS = 100;
/** Other tests run beside it. */
const JOBS = 1;
const MS_MAX = 600_000;

it(`the real protocol is clean on ${SEEDS} seeds, and almost each of them has something to judge`, { timeout: MS_MAX }, async () => {
  expect(await tallyOfClean(SEEDS, JOBS)).toEqual({ verdict: 'pass', seeds: SEEDS, failing: [] });
});
