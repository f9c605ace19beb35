import { defineConfig } from 'vitest/config';

// Two cores: more than two files at once only makes deadlines lie.
export default defineConfig({
  test: {
    include: ['{cli,services,lab}/**/*.test.{ts,tsx}'],
    maxWorkers: 2,
    retry: 0,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: process.env['CI'] ? ['default', './lab/testing/plain-count.ts'] : ['default'],
  },
});
