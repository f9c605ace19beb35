/**
 * An edge with a lease calls nothing that its cache has fresh while it has found a clock wrong: what it has may look
 * younger than it is. Meanwhile each answer of the cache is labelled stale and asks the origin behind it, whatever the
 * faults are. That is so
 *
 *   - after its wall clock was set back, until that has passed all that it ever showed by a lease: after one of an
 *     hour, for an hour
 *   - while answers of the origin show that its clock is further from the edge's than the skew, and for a lease after
 *     that
 *
 * The lab goes by clocks that it has read itself, not by what the edge says of them. Where nobody has read one, it is
 * taken for right.
 */
import type { History } from '../history/history.ts';
import { type ServiceClock, serviceClocksOf } from './service-clocks.ts';

export function isStaleByClock(history: History, region: string): boolean {
  const { leaseMs, skewMs = 0 } = history.boundsOf(region);
  if (leaseMs === undefined) return false;
  const clocks = serviceClocksOf(history);
  const edge = clocks.edge(region);
  const mostMs = mostApartMs(clocks.origin, edge);
  return edge.wasSetBack || (Number.isFinite(mostMs) && mostMs > skewMs);
}

/** In either direction, at any time. */
function mostApartMs({ ahead: one }: ServiceClock, { ahead: other }: ServiceClock): number {
  return Math.max(one.highest.toMs - other.lowest.fromMs, other.highest.toMs - one.lowest.fromMs);
}
