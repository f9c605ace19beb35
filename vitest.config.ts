import { defineConfig } from 'vitest/config';
import { MixedOrder } from './lab/testing/mixed-order.ts';

/** A file's name says its project: `x.cluster.test.ts` is of `cluster`, `x.test.ts` of `unit`. */
const named = (project: string) => `{cli,services,lab}/**/*.${project}.test.{ts,tsx}`;
const TESTS = '{cli,services,lab}/**/*.test.{ts,tsx}';
const NAMED = ['program', 'cluster', 'servers', 'long'].map(named);

const BUNDLE_SETUP = 'cli/testing/bundle-setup.ts';

/** Ten times what the longest takes alone: what hangs is found, a busy machine is no failure. */
const DEADLINES = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // For two cores. What works at once makes deadlines lie; what waits does not.
    maxWorkers: 2,
    retry: 0,
    sequence: { sequencer: MixedOrder },
    reporters: process.env['CI'] ? ['default', './lab/testing/plain-count.ts'] : ['default'],
    projects: [
      // They start the program as its users do, and wait for it half of the time.
      {
        test: {
          name: 'program',
          include: [named('program')],
          globalSetup: [BUNDLE_SETUP],
          maxWorkers: 3,
          maxConcurrency: 2,
          ...DEADLINES,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { name: 'unit', include: [TESTS], exclude: NAMED, maxWorkers: 3, ...DEADLINES, sequence: { groupOrder: 0 } } },
      // One cluster at a time.
      {
        test: {
          name: 'cluster',
          include: [named('cluster')],
          globalSetup: [BUNDLE_SETUP, 'lab/testing/cluster-setup.ts'],
          fileParallelism: false,
          ...DEADLINES,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      // One Redis, one Kafka, one Postgres: a file at a time.
      {
        test: {
          name: 'servers',
          include: [named('servers')],
          globalSetup: ['lab/testing/servers-setup.ts'],
          fileParallelism: false,
          ...DEADLINES,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      // Campaigns: `npm run test:long`.
      {
        test: {
          name: 'long',
          include: [named('long')],
          globalSetup: [BUNDLE_SETUP],
          ...DEADLINES,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
