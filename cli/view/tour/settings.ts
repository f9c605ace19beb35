/**
 * The strategies and delays that the tour speaks of, and no lease until it speaks of one: set as it opens, and put back
 * as it is left.
 */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import { type Settings, settingsOf } from '../state/pending-settings.ts';
import type { RegionSettings } from '../state/screen-state.ts';
import type { RegionState } from '../state/watched.ts';

/** The first region is near, the others are further off; those beyond as the last. */
const SETTINGS = ['propagationDelayMs', 'strategy', 'freshnessLeaseMs'] as const;
const DELAYS_MS = [100, 300, 600] as const;

export function tourSettings(at: number): Required<Settings> {
  return { propagationDelayMs: DELAYS_MS[at] ?? 600, strategy: at === 0 ? 'eager' : 'lazy', freshnessLeaseMs: 0 };
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
  return before.flatMap((known) => {
    const { freshnessLeaseMs, ...wanted } = tourSettings(regions.findIndex(({ region }) => region === known.region));
    const lease = known.freshnessLeaseMs === undefined ? {} : { freshnessLeaseMs };
    return toConfigure(known.region, known, { ...wanted, ...lease });
  });
}

/** For each region that has others than before the tour. */
export function commandsToRestore(before: readonly RegionSettings[], regions: readonly RegionState[]): readonly LabCommand[] {
  return before.flatMap(({ region, ...known }) => {
    const now = settingsBefore(regions).find((one) => one.region === region);
    return now === undefined ? [{ do: 'configure', region, ...known }] : toConfigure(region, now, known);
  });
}

function toConfigure(region: string, now: Settings, wanted: Settings): readonly LabCommand[] {
  const isSame = SETTINGS.every((name) => now[name] === wanted[name]);
  return isSame ? [] : [{ do: 'configure', region, ...wanted }];
}
