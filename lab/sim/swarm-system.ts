/** How a seed draws what holds for the whole system: clocks, the lease, and what protects an origin. */
import { pick, type Random } from '../../services/runtime/random.ts';
import type { Scenario } from '../scenarios/scenario.ts';

const CLOCKS_DIFFER_ONE_IN = 8;
const CLOCKS_JUMP_ONE_IN = 8;
/** One seed in so many has a circuit breaker at every edge. */
const BREAKER_ONE_IN = 4;
/** One seed in so many warms its caches: fewer contents than there are, or all of them; one at a time, or many. */
const WARMING_ONE_IN = 4;
const WARM_KEYS = [2, 10, 200] as const;
const WARM_CONCURRENCIES = [1, 4, 32] as const;
/** One seed in so many has a lease; many reads of few keys show most of one. */
const LEASE_ONE_IN = 3;
const NONE = 0;
const CROWDED_LEASE_ONE_IN = 2;
/** None is shorter than the longest delay that is drawn lets one be. */
const LEASES_MS = [4_000, 6_000] as const;
/** And than the skew that edges go by where nobody says one. */
const LEASE_OF_SKEWED_MS = 6_000;

function drawClocks(random: Random): Pick<Scenario['system'], 'clocks'> {
  if (random.below(CLOCKS_DIFFER_ONE_IN) === 0) return { clocks: 'differ' };
  return random.below(CLOCKS_JUMP_ONE_IN) === 0 ? { clocks: 'jump' } : {};
}

/**
 * None, that of an edge which is told nothing, or one that is shorter than the longest faults. Clocks that are one need
 * no skew, so that the bound is the lease itself.
 */
export function drawSystem(random: Random, isCrowded: boolean): Pick<Scenario['system'], 'clocks' | 'lease' | 'skew'> {
  const [clocks, leases] = [drawClocks(random.fork('clocks')), random.fork('lease')];
  const drawn = leases.below(isCrowded ? CROWDED_LEASE_ONE_IN : LEASE_ONE_IN);
  if (drawn > 0) return drawn === 1 ? { ...clocks, lease: NONE } : clocks;
  const lease = pick(leases, LEASES_MS);
  return clocks.clocks === undefined ? { lease, skew: 0 } : { ...clocks, lease: Math.max(lease, LEASE_OF_SKEWED_MS) };
}

/** From streams of their own: every other draw is what it was before there was such a thing. */
export function drawProtection(random: Random): Pick<Scenario['system'], 'breaker' | 'warming'> {
  const [breakers, warmers] = [random.fork('circuit-breaker'), random.fork('cache-warming')];
  const breaker = breakers.below(BREAKER_ONE_IN) === 0 ? { breaker: true } : {};
  if (warmers.below(WARMING_ONE_IN) > 0) return breaker;
  return { ...breaker, warming: { keys: pick(warmers, WARM_KEYS), concurrency: pick(warmers, WARM_CONCURRENCIES) } };
}
