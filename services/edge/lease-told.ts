/** What `/metrics` and `/health` say of the lease. */
import type { EdgeHealth, EdgeMetrics, VersionRow } from '../protocol/edge-api.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CachedVersion } from './cache/cache.ts';
import type { EntryLifetimes } from './entry-times.ts';
import type { Invalidator } from './invalidator.ts';
import type { Lease } from './lease.ts';
import { toldVersion } from './told-versions.ts';

export interface LeaseTellerOptions {
  readonly lease: Lease;
  readonly lifetimes: EntryLifetimes;
  readonly invalidator: Pick<Invalidator, 'status'>;
  readonly clock: Clock;
  /** Under the delay in force. */
  readonly leaseMsLeast: () => number;
}

export interface ToldLease {
  /** What the cache holds, as a reader would be told. */
  readonly versionOf: (row: CachedVersion) => VersionRow;
  readonly metrics: NonNullable<EdgeMetrics['lease']>;
  readonly health: NonNullable<EdgeHealth['lease']>;
}

/** undefined: there is no lease. */
export function leaseTeller({ lease, lifetimes, invalidator, clock, leaseMsLeast }: LeaseTellerOptions): () => ToldLease | undefined {
  return () => {
    const { leaseMs, skewMs } = lease.terms;
    if (leaseMs === 0) return undefined;
    const { upTo, heartbeats = 0, fromFuture = 0, isFromFuture = false } = invalidator.status().evidence ?? {};
    const evidenceMs = upTo === undefined ? null : clock.now() - upTo;
    const isHeld = evidenceMs !== null && evidenceMs <= leaseMs;
    const { doubt, untrustedMs, originAheadMs = null } = lease;
    const why = doubt ?? (isFromFuture ? 'heartbeats from the future' : undefined);
    return {
      metrics: {
        leaseMs,
        skewMs,
        evidenceMs,
        leastMs: leaseMsLeast(),
        heartbeats,
        fromFuture,
        originAheadMs,
        untrustedMs: Math.ceil(untrustedMs),
      },
      versionOf: (row) => toldVersion(row, { lease, lifetimes, upTo }),
      health: why ?? (isHeld ? 'held' : 'ran out'),
    };
  };
}
