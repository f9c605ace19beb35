/**
 * An edge with a lease whose wall clock was set back calls nothing that its cache has fresh until the clock has passed all that it ever showed, by a
 * lease: what it has looks younger than it is. After a clock was set back by an hour that is an hour, whatever the faults are. Meanwhile each
 * answer of the cache is labelled stale and asks the origin behind it.
 */
import type { History } from '../history/history.ts';
import { serviceClocksOf } from './service-clocks.ts';

export function isStaleByClock(history: History, region: string): boolean {
  return history.boundsOf(region).leaseMs !== undefined && serviceClocksOf(history).edge(region).wasSetBack;
}
