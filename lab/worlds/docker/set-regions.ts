/**
 * A cluster that was there before runs with its own delays, strategies and leases: what this world asks for is wanted
 * for as long as it lasts.
 */

import type { Releasers } from '../../../services/runtime/releasers.ts';
import { leaseBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import type { Topology } from '../../topology/topology.ts';
import { isSame } from '../setting-layers.ts';
import { settingsOfRegion } from '../settings-of-region.ts';
import type { World, WorldRegion } from '../world.ts';

export interface SetRegionsOptions {
  readonly world: World;
  readonly topology: Topology;
  /** What was wanted before is again. */
  readonly releasers: Releasers;
}

export function setRegions({ world, topology, releasers }: SetRegionsOptions): Promise<readonly WorldRegion[]> {
  return Promise.all(
    world.regions.map(async (region) => {
      const environment = topology.regions.find((one) => one.region === region.region)?.environment ?? {};
      const wanted = { ...region, ...regionSettings(environment, region), leaseMs: 0, ...leaseBoundsOf(environment) };
      if (isSame(settingsOfRegion(wanted), settingsOfRegion(region))) return region;
      const settings = world.settings.of(region.region);
      releasers.push(() => settings.remove('file'));
      await settings.set('file', settingsOfRegion(wanted));
      return wanted;
    }),
  );
}
