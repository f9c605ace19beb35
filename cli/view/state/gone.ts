/**
 * Contents that are gone: deleted at the origin, and served by no region, but for the 404 of the deletion itself. After
 * a while nobody looks for them in the tables any more.
 */
import type { Seen } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';

/** For so long a content that is gone stays in the tables. */
export const GONE_MS = 10_000;

/** By key, since when. A key stays as long as somebody still tells of it: an id is never used again. */
export function goneAfter(
  before: ReadonlyMap<string, number>,
  origin: OriginMetrics | undefined,
  edges: readonly Seen<EdgeMetrics>[],
  nowMs: number,
): ReadonlyMap<string, number> {
  const entries = edges.flatMap(({ metrics }) => metrics?.versions ?? []);
  const told = new Set([...entries, ...(origin?.versions ?? [])].map(({ key }) => key));
  const deletions = new Map((origin?.versions ?? []).filter((row) => row.deleted).map(({ key, version }) => [key, version]));
  const isServed = ({ key, version, state }: EdgeMetrics['versions'][number]) =>
    (state === 'fresh' || state === 'stale') && version !== deletions.get(key);
  const served = new Set(entries.filter(isServed).map(({ key }) => key));
  const gone = [...before.keys()].filter((key) => told.has(key));
  return new Map([...gone, ...deletions.keys()].filter((key) => !served.has(key)).map((key) => [key, before.get(key) ?? nowMs]));
}

/** Those that have been gone for GONE_MS. */
export function goneFor(gone: ReadonlyMap<string, number>, nowMs: number): ReadonlySet<string> {
  return new Set([...gone].filter(([, sinceMs]) => nowMs - sinceMs >= GONE_MS).map(([key]) => key));
}
