import type { EdgeConfig } from '../../services/protocol/edge-api.ts';
import type { WorldRegion } from './world.ts';

/** What a region is said to have. Another cache than ours calls nothing fresh, so it has no lease. */
export function settingsOfRegion({ delayMs, strategy, leaseMs = 0, target }: WorldRegion): EdgeConfig {
  return { propagationDelayMs: delayMs, strategy, ...(target === undefined ? { freshnessLeaseMs: leaseMs } : {}) };
}
