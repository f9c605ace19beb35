import { expect, it } from 'vitest';
import { isMet } from './original-load.ts';
import { readsOf, roundsOf } from './rounds.ts';

const GOOD = { hitRatio: 99, p50: 2, p95: 20, p99: 100 } as const;

it('reads 1,450 times in a region, as the original EdgeSync did', () => {
  expect(readsOf(roundsOf({ requests: 1000, after: 200, basic: true }))).toBe(1450);
  expect(readsOf(roundsOf({ requests: 1000, after: 200, basic: false }))).toBe(1250);
});

it('changes the content before the reads that are to see it, and only then', () => {
  const rounds = roundsOf({ requests: 7, after: 3, basic: true });
  expect(rounds.map(({ reads, afterPut }) => [reads, afterPut])).toEqual([
    [100, false],
    [100, true],
    [50, false],
    [7, false],
    [3, true],
  ]);
});

it.each([
  ['what is within them', GOOD, true],
  ['a hit ratio at its target', { ...GOOD, hitRatio: 90 }, false],
  ['a P50 at its target', { ...GOOD, p50: 10 }, false],
  ['a P95 at its target', { ...GOOD, p95: 50 }, false],
  ['a P99 at its target', { ...GOOD, p99: 210 }, false],
  ['no answer', { ...GOOD, p50: null, p95: null, p99: null }, false],
  ['no read that was counted', { ...GOOD, hitRatio: null }, false],
])('has targets that %s meets or not', (_, figures, met) => {
  expect(isMet(figures)).toBe(met);
});

it('can leave the larger test out', () => {
  const rounds = roundsOf({ requests: 1000, after: 200, basic: true, heavy: false });
  expect(rounds.map(({ reads, afterPut }) => [reads, afterPut])).toEqual([
    [100, false],
    [100, true],
  ]);
});
