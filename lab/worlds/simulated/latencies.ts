/**
 * How long messages take in the simulated world when nothing is broken: uniform within a range, and now and then within
 * a longer one. Whole microseconds, so that the same seed gives the same times everywhere.
 */
import type { Random } from '../../../services/runtime/random.ts';
import type { LinkKind } from '../../system/parts.ts';

interface Range {
  readonly fromUs: number;
  readonly toUs: number;
}

interface Distribution {
  readonly usual: Range;
  readonly slow: Range;
}

/** One message in so many is slow. */
const SLOW_ONE_IN = 40;
const US_PER_MS = 1000;

/** Below every deadline of the services: what nothing broke must not look broken. */
const DISTRIBUTIONS: Readonly<Record<LinkKind | 'lab', Distribution>> = {
  'edge-redis': { usual: { fromUs: 100, toUs: 400 }, slow: { fromUs: 1_000, toUs: 8_000 } },
  'edge-kafka': { usual: { fromUs: 1_000, toUs: 8_000 }, slow: { fromUs: 10_000, toUs: 40_000 } },
  'edge-origin': { usual: { fromUs: 2_000, toUs: 20_000 }, slow: { fromUs: 20_000, toUs: 60_000 } },
  'origin-kafka': { usual: { fromUs: 1_000, toUs: 4_000 }, slow: { fromUs: 5_000, toUs: 20_000 } },
  'origin-postgres': { usual: { fromUs: 200, toUs: 1_500 }, slow: { fromUs: 2_000, toUs: 10_000 } },
  'purger-edge': { usual: { fromUs: 100, toUs: 400 }, slow: { fromUs: 1_000, toUs: 8_000 } },
  lab: { usual: { fromUs: 200, toUs: 1_000 }, slow: { fromUs: 1_000, toUs: 5_000 } },
};

function draw(random: Random, { fromUs, toUs }: Range): number {
  return (fromUs + random.below(toUs - fromUs)) / US_PER_MS;
}

/** Draws what one direction takes, in ms. */
export function latencyOf(kind: LinkKind | 'lab', random: Random): () => number {
  const { usual, slow } = DISTRIBUTIONS[kind];
  return () => draw(random, random.below(SLOW_ONE_IN) === 0 ? slow : usual);
}
