/**
 * The delays and strategies of a world belong to it: whoever wants others says so here, as a layer
 * (`setting-layers.ts`), and an edge that ends and starts again has them. Worlds differ in how an edge is given them,
 * and in what it starts with.
 */
import { DesiredSettings, type DesiredSettingsOptions } from './desired-settings.ts';
import type { BegunRegion, SettingsInForce } from './settings-facts.ts';

export interface WorldSettingsOptions extends Pick<DesiredSettingsOptions, 'clock' | 'journal' | 'mayChange' | 'edgeOf' | 'isStopped'> {
  readonly regions: readonly BegunRegion[];
}

export class WorldSettings {
  readonly #regions: ReadonlyMap<string, DesiredSettings>;
  readonly #listeners = new Set<(known: SettingsInForce) => void>();

  constructor({ regions, ...options }: WorldSettingsOptions) {
    const onInForce = (known: SettingsInForce) => {
      for (const listener of this.#listeners) listener(known);
    };
    this.#regions = new Map(regions.map((begun) => [begun.region, new DesiredSettings({ ...options, ...begun, onInForce })]));
  }

  /** Throws TypeError for a region there is not. */
  of(region: string): DesiredSettings {
    const found = this.#regions.get(region);
    if (found === undefined) throw new TypeError(`expected a region of the world, got ${region}`);
    return found;
  }

  /** Hears of everything that is in force from now on. Answers how to stop listening. */
  onInForce(listener: (known: SettingsInForce) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
