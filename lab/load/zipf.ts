/**
 * Which key is asked for: a few often, most seldom.
 *
 * From a table of whole numbers, for the same seed must draw the same keys everywhere: engines differ in the last
 * digits of a power with a fraction. Only operations that IEEE 754 rounds exactly are used: products, quotients and
 * square roots.
 */
import type { Random } from '../../services/runtime/random.ts';

/** Binary digits of the exponent's fraction. */
const FRACTION_BITS = 12;
/** Of the first rank. The last of 100,000 ranks weighs at least 1 up to an exponent of 2. */
const WEIGHT_MAX = 2 ** 36;

/** `base ** exponent` for an exponent of at least 0, to FRACTION_BITS binary digits of it. */
function power(base: number, exponent: number): number {
  const whole = Math.floor(exponent);
  let product = 1;
  for (let factor = 0; factor < whole; factor += 1) product *= base;
  let root = base;
  let fraction = exponent - whole;
  for (let bit = 0; bit < FRACTION_BITS && fraction > 0; bit += 1) {
    root = Math.sqrt(root);
    fraction *= 2;
    if (fraction < 1) continue;
    product *= root;
    fraction -= 1;
  }
  return product;
}

/** Draws ranks from 0; the first is drawn most: P(rank) ~ 1 / (rank + 1)^skew. */
export function createZipf(ranks: number, skew: number, random: Random): () => number {
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= ranks; rank += 1) {
    total += Math.max(1, Math.round(WEIGHT_MAX / power(rank, skew)));
    cumulative.push(total);
  }
  return () => {
    const drawn = random.next() * total;
    let [low, high] = [0, ranks - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? 0) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
