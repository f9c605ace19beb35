/** Which key is asked for: a few often, most seldom. */
import type { Random } from '../../services/runtime/random.ts';

/** Draws ranks from 0; the first is drawn most: P(rank) ~ 1 / (rank + 1)^skew. */
export function createZipf(ranks: number, skew: number, random: Random): () => number {
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 1; rank <= ranks; rank += 1) {
    total += rank ** -skew;
    cumulative.push(total);
  }
  return () => {
    const drawn = random.next() * total;
    const found = cumulative.findIndex((sum) => sum > drawn);
    return found < 0 ? ranks - 1 : found;
  };
}
