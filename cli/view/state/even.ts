/**
 * Makes figures that were asked for at different moments even. Every version at an edge came from the origin. So where
 * the last answer of the origin is older than that of an edge, the version of the edge is at the origin, too.
 */
import type { Seen } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import type { Newest } from './state.ts';

/** An answer is waited for 2.5 s, so it may be as old as that. What is ahead for longer is shown as it is. */
const UNEVEN_MS_MAX = 3_000;
export const NEWEST_MAX = 2_000;

type NewestByKey = ReadonlyMap<string, Newest>;

/** With what the edges hold now. The same map where nothing is newer. */
export function withNewest(known: NewestByKey, edges: readonly Seen<EdgeMetrics>[], nowMs: number): NewestByKey {
  const newer = new Map<string, Newest>();
  for (const { metrics } of edges)
    for (const { key, version, state } of metrics?.versions ?? []) {
      const before = newer.get(key) ?? known.get(key);
      if (state !== 'absent' && version > (before?.version ?? 0)) newer.set(key, { version, t: nowMs });
    }
  if (newer.size === 0) return known;
  // Those that changed last are at the end.
  const others = [...known].filter(([key]) => !newer.has(key));
  return new Map([...others, ...newer].slice(-NEWEST_MAX));
}

/** The origin's figures, with the versions that an edge has shown to be there by then. */
export function evened(origin: Seen<OriginMetrics>, newest: NewestByKey): Seen<OriginMetrics> {
  const { metrics, answeredMs } = origin;
  if (metrics === undefined || answeredMs === undefined) return origin;
  const seenAt = ({ key, version }: OriginMetrics['versions'][number]) => {
    const known = newest.get(key);
    return known !== undefined && known.version > version && answeredMs - known.t < UNEVEN_MS_MAX ? known.version : version;
  };
  if (metrics.versions.every((row) => seenAt(row) === row.version)) return origin;
  return { ...origin, metrics: { ...metrics, versions: metrics.versions.map((row) => ({ ...row, version: seenAt(row) })) } };
}
