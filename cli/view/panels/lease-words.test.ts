import { describe, expect, it } from 'vitest';
import { leaseWords } from './lease-words.ts';

const lease = (evidenceMs: number | null) => ({ leaseMs: 10_000, skewMs: 500, leastMs: 3_600, evidenceMs, heartbeats: 1, fromFuture: 0 });

describe('the words of a lease', () => {
  it.each([
    ['of a region without one', undefined, undefined],
    ['before the first word from the origin', lease(null), { short: undefined, long: '10 s, no word yet' }],
    ['while words come as they should', lease(3_600), { short: undefined, long: '10 s, 6 s left' }],
    ['while it runs out', lease(3_601), { short: 'lease ends in 6 s', long: '10 s, 6 s left' }],
    ['in its last second', lease(9_500), { short: 'lease ends in 0 s', long: '10 s, 0 s left' }],
    ['when it has run out', lease(10_000), { short: 'lease ran out', long: 'ran out 0 s ago' }],
    [
      'while a clock is wrong',
      { ...lease(500), untrustedMs: 9_000 },
      { short: 'clock wrong', long: '10 s, nothing is fresh: a clock is wrong' },
    ],
    [
      'while the delay needs a longer one: it runs out between two words, too, that come as they should',
      { ...lease(500), leaseMs: 1_000 },
      { short: 'lease too short', long: '1 s, too short: the delay needs 3.6 s' },
    ],
    ['long after', lease(75_000), { short: 'lease ran out', long: 'ran out 1 m 05 s ago' }],
  ])('are these %s', (_when, told, words) => {
    expect(leaseWords(told)).toEqual(words);
  });
});
