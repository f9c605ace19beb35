/**
 * Clocks that differ, drawn from a seed: ahead and behind, by less and by more than the longest fault lasts, and as
 * fast as bad ones go.
 */
import { createRandom, pick, type Random } from '../../../services/runtime/random.ts';
import type { Skew, Skews } from '../hosted/skewed-clock.ts';

/** Faults of the swarm last up to 8 s. */
const AHEAD_MS = [0, 40, 300, 2_500, 7_000, 9_000, 60_000, 7_200_000] as const;
/** A good quartz, a bad one, and none at all. */
const RATES = [0, 0, 0.000_05, 0.000_2, 0.01] as const;
const SETS_MS = [500, 3_000, 10_000, 3_600_000] as const;

function eitherWay(random: Random, value: number): number {
  return random.below(2) === 0 ? value : -value;
}

function drawSkew(random: Random, isSet: boolean): Skew {
  const sets = isSet ? [{ atMs: 10_000 + random.below(40_000), byMs: eitherWay(random, pick(random, SETS_MS)) }] : [];
  return { aheadMs: eitherWay(random, pick(random, AHEAD_MS)), rate: eitherWay(random, pick(random, RATES)), sets };
}

/** `areSet`: every other clock is set once while the load lasts. */
export function drawSkews(seed: number, regions: readonly string[], { areSet }: { readonly areSet: boolean }): Skews {
  const random = createRandom(seed).fork('clocks');
  const nodes = ['origin', 'kafka', 'postgres', ...regions.map((region) => `edge:${region}` as const)] as const;
  return Object.fromEntries(nodes.map((node) => [node, drawSkew(random, areSet && random.below(2) === 0)]));
}
