/**
 * Changes settings of the regions for good: one after the other in each region, so that the last asked for is the one
 * that stays.
 */
import { InvalidInput } from '../errors.ts';
import type { World } from '../worlds/world.ts';
import type { Commands } from './protocol.ts';

export interface RegionSettingsOptions {
  readonly world: World;
  /** Hears what was set, in a few words. */
  readonly onSet: (says: string) => void;
}

export class RegionSettings {
  readonly #options: RegionSettingsOptions;

  constructor(options: RegionSettingsOptions) {
    this.#options = options;
  }

  /** Throws InvalidInput for a region there is not. */
  async change({ do: _, region, ...change }: Commands['configure']): Promise<void> {
    const { world, onSet } = this.#options;
    if (world.regions.every((known) => known.region !== region)) throw new InvalidInput(`expected a region, got ${region}`);
    const settings = world.settings.of(region);
    await settings.set('person', change);
    const { propagationDelayMs, strategy, freshnessLeaseMs: leaseMs } = change;
    const delay = propagationDelayMs === undefined ? [] : [`delay ${propagationDelayMs} ms`];
    const lease = leaseMs === undefined ? [] : [leaseMs === 0 ? 'no lease' : `lease ${leaseMs} ms`];
    const says = [...delay, ...(strategy === undefined ? [] : [strategy]), ...lease].join(', ');
    const covering = settings.covering('person', change);
    onSet(`${region}: ${says}${covering === undefined ? '' : ` (after the end of ${covering}, which holds the setting)`}`);
  }
}
