/**
 * The version table: what a region holds beside what the origin holds. Its rows are the same in every region and keep
 * their order, so that the eye can go across and nothing jumps: a key that was once in use stays, sorted by its id,
 * until its content has been gone for a while.
 */
import type { Seen } from '../../../lab/live/protocol.ts';
import type { EdgeMetrics, EntryState } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import type { ViewState } from './state.ts';

export interface VersionView {
  readonly key: string;
  /** undefined: the region does not hold it. */
  readonly here: number | undefined;
  /** undefined: the origin has not said. */
  readonly origin: number | undefined;
  readonly isDeleted: boolean;
  /** undefined: nobody knows, for the cache or the edge does not answer. */
  readonly state: EntryState | undefined;
  /** Versions that what the region serves is behind; 0 where it serves none. */
  readonly behind: number;
}

export const KEYS_MAX = 200;

const byId = new Intl.Collator('en', { numeric: true });

/** Keys that some edge holds or the origin has changed; those known already stay, but for those that are out. */
export function keysInUse(
  known: readonly string[],
  origin: OriginMetrics | undefined,
  edges: readonly Seen<EdgeMetrics>[],
  out: ReadonlySet<string> = new Set(),
): readonly string[] {
  const keys = new Set(known);
  for (const { metrics } of edges) for (const { key } of metrics?.versions ?? []) keys.add(key);
  for (const { key, version } of origin?.versions ?? []) if (version > 1) keys.add(key);
  for (const key of out) keys.delete(key);
  if (keys.size === known.length && known.every((key) => keys.has(key))) return known;
  return [...keys].sort(byId.compare).slice(0, KEYS_MAX);
}

/** For so long a content that one's own key wrote is marked: longer than the slowest usual region needs. */
export const OWN_MS = 8_000;

/** Contents that one's own keys have just written. */
export function ownKeys({ written, nowMs }: Pick<ViewState, 'written' | 'nowMs'>): ReadonlySet<string> {
  return new Set(written.filter(({ t }) => t <= nowMs && nowMs - t < OWN_MS).map(({ key }) => key));
}

/** Those with the word of the filter, in the order that is asked for: the same in every region. */
export function keysShown({ keys, filter, ...state }: ViewState): readonly string[] {
  const shown = filter === '' ? keys : keys.filter((key) => key.toLowerCase().includes(filter.toLowerCase()));
  if (state.sort === 'key') return shown;
  const most = state.sort === 'read' ? new Map(Object.entries(state.reads)) : mostBehind(shown, state);
  return shown.toSorted((one, other) => (most.get(other) ?? 0) - (most.get(one) ?? 0));
}

/** By key, by how many versions the region is behind that is so most. */
function mostBehind(keys: readonly string[], { origin, regions }: Pick<ViewState, 'origin' | 'regions'>): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { seen } of regions)
    for (const { key, behind } of versionRows(keys, origin.metrics, seen.metrics)) most.set(key, Math.max(behind, most.get(key) ?? 0));
  return most;
}

export function versionRows(
  keys: readonly string[],
  origin: OriginMetrics | undefined,
  metrics: EdgeMetrics | undefined,
): readonly VersionView[] {
  const here = new Map(metrics?.versions.map((row) => [row.key, row]));
  const there = new Map(origin?.versions.map((row) => [row.key, row]));
  return keys.map((key) => {
    const [held, current] = [here.get(key), there.get(key)];
    const isHeld = held !== undefined && held.state !== 'absent';
    const isServed = isHeld && held.state !== 'invalid';
    return {
      key,
      here: isHeld ? held.version : undefined,
      origin: current?.version,
      isDeleted: current?.deleted ?? false,
      state: metrics === undefined ? undefined : (held?.state ?? 'absent'),
      behind: isServed ? Math.max(0, (current?.version ?? held.version) - held.version) : 0,
    };
  });
}
