import type { EdgeConfig } from '../../services/protocol/edge-api.ts';
import { SKEW_SETTING } from '../../services/runtime/lease-settings.ts';
import type { EdgeBounds } from '../system/edges/edge.ts';
import type { WorldRegion } from './world.ts';

/** What a region is said to have. Another cache than ours calls nothing fresh, so it has no lease. */
export function settingsOfRegion({ delayMs, strategy, leaseMs = 0, target }: WorldRegion): EdgeConfig {
  return { propagationDelayMs: delayMs, strategy, ...(target === undefined ? { freshnessLeaseMs: leaseMs } : {}) };
}

/** What a region promises for as long as its settings are held: it may have begun with another lease. */
export function boundsInForce(bounds: EdgeBounds, { leaseMs = 0, skewMs, target }: WorldRegion): EdgeBounds {
  if (target !== undefined) return bounds;
  const { leaseMs: _, skewMs: begunMs = SKEW_SETTING.CLOCK_SKEW_MAX.fallback, ...others } = bounds;
  return leaseMs === 0 ? others : { ...others, leaseMs, skewMs: skewMs ?? begunMs };
}
