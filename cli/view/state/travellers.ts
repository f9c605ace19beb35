/**
 * Invalidations on their way through the map. Figures come twice a second and tell of an event when it has arrived, so
 * its way is shown just after it was made, as long as it took, and at least long enough to be seen.
 */
import type { ViewState } from './state.ts';
import type { RegionState, Traveller } from './watched.ts';

/** Shorter is not seen; longer leaves the picture behind the figures. */
const SHOWN_MS = { least: 600, most: 3_000 } as const;
export const TRAVELLERS_MAX = 60;

/** Those still on their way, and those the latest figures tell of first. */
export function travellersAfter({ travellers, regions: before, nowMs }: ViewState, regions: readonly RegionState[]): readonly Traveller[] {
  const left = travellers.filter(({ toMs }) => toMs > nowMs);
  const begun = regions.flatMap((region, at) => newIn(region, before[at], nowMs));
  return begun.length === 0 && left.length === travellers.length ? travellers : [...left, ...begun].slice(-TRAVELLERS_MAX);
}

function newIn({ region, seen }: RegionState, before: RegionState | undefined, nowMs: number): readonly Traveller[] {
  const known = before?.seen.metrics?.recent;
  // What was there at the first look is past.
  if (known === undefined || seen.metrics === undefined) return [];
  const ids = new Set(known.map(({ id }) => id));
  const fresh = seen.metrics.recent.filter(({ id }) => !ids.has(id));
  return fresh.map(({ id, recordedAt, appliedAt }) => {
    const lastsMs = Math.min(SHOWN_MS.most, Math.max(SHOWN_MS.least, appliedAt - recordedAt));
    return { id, region, fromMs: nowMs, toMs: nowMs + lastsMs };
  });
}

/** How far it has come, 0 to 1; undefined: not on its way. */
export function progressOf({ fromMs, toMs }: Traveller, nowMs: number): number | undefined {
  return nowMs < fromMs || nowMs >= toMs ? undefined : (nowMs - fromMs) / (toMs - fromMs);
}
