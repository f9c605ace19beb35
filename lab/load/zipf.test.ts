import { describe, expect, it } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import { createZipf } from './zipf.ts';

const DRAWS = 20_000;

function countsOf(ranks: number, skew: number): number[] {
  const draw = createZipf(ranks, skew, createRandom(7));
  const counts = Array.from({ length: ranks }, () => 0);
  for (let at = 0; at < DRAWS; at += 1) {
    const rank = draw();
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  return counts;
}

describe('the distribution of keys', () => {
  it.each([0, 0.5, 0.9, 1, 1.5, 2, 3])('draws ranks as often as 1 / (rank + 1)^%s says', (skew) => {
    const weights = Array.from({ length: 10 }, (_, rank) => 1 / (rank + 1) ** skew);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [rank, count] of countsOf(10, skew).entries()) {
      const expected = (DRAWS * (weights[rank] ?? 0)) / total;
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected) + 5);
    }
  });

  it('draws the same for the same seed, everywhere', () => {
    const draw = createZipf(1_000, 0.9, createRandom(42));
    expect(Array.from({ length: 12 }, draw)).toMatchInlineSnapshot(`
      [
        1,
        0,
        0,
        185,
        4,
        104,
        0,
        28,
        76,
        62,
        1,
        0,
      ]
    `);
  });

  it('draws the only rank there is', () => {
    expect(countsOf(1, 0.9)).toEqual([DRAWS]);
  });
});
