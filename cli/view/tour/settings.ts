/** The strategies and delays that the tour speaks of: set as it opens, and put back as it is left. */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import { type Settings, settingsOf } from '../state/pending-settings.ts';
import type { RegionSettings } from '../state/screen-state.ts';
import type { RegionState } from '../state/watched.ts';

/** The first region is near, the others are further off; those beyond as the last. */
const DELAYS_MS = [100, 300, 600] as const;

export function tourSettings(at: number): Settings {
  return { propagationDelayMs: DELAYS_MS[at] ?? 600, strategy: at === 0 ? 'eager' : 'lazy' };
}

/** What is in force before the tour changes it, of each region that has told. */
export function settingsBefore(regions: readonly RegionState[]): readonly RegionSettings[] {
  return regions.flatMap(({ region, pending, seen }) => {
    const settings = settingsOf(pending, seen.metrics);
    return settings === undefined ? [] : [{ region, ...settings }];
  });
}

/** For each region that has others. */
export function commandsToSet(before: readonly RegionSettings[], regions: readonly RegionState[]): readonly LabCommand[] {
  return changed(before, regions).map(({ region, wanted }) => ({ do: 'configure', region, ...wanted }));
}

export function commandsToRestore(before: readonly RegionSettings[], regions: readonly RegionState[]): readonly LabCommand[] {
  return changed(before, regions).map(({ region, propagationDelayMs, strategy }) => ({
    do: 'configure',
    region,
    propagationDelayMs,
    strategy,
  }));
}

function changed(before: readonly RegionSettings[], regions: readonly RegionState[]) {
  return before.flatMap((known) => {
    const wanted = tourSettings(regions.findIndex(({ region }) => region === known.region));
    const isSame = wanted.propagationDelayMs === known.propagationDelayMs && wanted.strategy === known.strategy;
    return isSame ? [] : [{ ...known, wanted }];
  });
}
