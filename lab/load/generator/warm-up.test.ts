import { expect, it } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { warmUp } from './warm-up.ts';

it('a load generator warms up with reads that are answered as those of an edge', async () => {
  const reads = await warmUp(systemClock);
  // A busy machine may leave some without an answer.
  const answers = reads.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
  expect(answers.length).toBeGreaterThan(1_000);
  const answer = { found: true, version: 1, source: 'cache', status: 'fresh', cachedAt: Date.parse('2026-01-01T00:00:00Z'), writer: 1 };
  for (const result of answers) expect(result).toEqual(answer);
});
