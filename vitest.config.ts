import { defineConfig } from 'vitest/config';

const TESTS = '{cli,services,lab}/**/*.test.{ts,tsx}';
const CLUSTER_TESTS = '{cli,services,lab}/**/*.cluster.test.{ts,tsx}';
/** Campaigns: `npm run test:long`. */
const LONG_TESTS = '{cli,services,lab}/**/*.long.test.{ts,tsx}';

export default defineConfig({
  test: {
    // Two cores: more than two files at once only makes deadlines lie.
    maxWorkers: 2,
    retry: 0,
    reporters: process.env['CI'] ? ['default', './lab/testing/plain-count.ts'] : ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [TESTS],
          exclude: [CLUSTER_TESTS, LONG_TESTS],
          // Ten times what the longest takes alone: what hangs is found, a busy machine is no failure.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'cluster',
          include: [CLUSTER_TESTS],
          globalSetup: ['lab/testing/cluster-setup.ts'],
          // One cluster at a time, and nothing beside it.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'long', include: [LONG_TESTS], testTimeout: 120_000, hookTimeout: 120_000, sequence: { groupOrder: 2 } } },
    ],
  },
});
