/**
 * For how long the edges of each region of a seed answer what their cache has told them. Of a stream of chance of its
 * own: other seeds stay as they are.
 */
import { pick, type Random } from '../../services/runtime/random.ts';

const ONE_IN = 2;
const NONE = 0;
/**
 * What edges have where nobody says it, and so long that nothing but what they drop themselves keeps their readers from
 * what is old.
 */
const HOTS_MS = [25, 100, 1_000, 8_000] as const;
/** Between several edges a check has to allow for that much. */
const HOTS_OF_SEVERAL_MS = [25, 25, 25, 100] as const;

/** By region, in ms; 0: they ask each time. */
export function drawHot(random: Random, regions: readonly string[], members: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const isDrawn = random.below(ONE_IN) === 0;
  return new Map(regions.map((region) => [region, isDrawn ? pick(random, members.has(region) ? HOTS_OF_SEVERAL_MS : HOTS_MS) : NONE]));
}
