/**
 * The delays and strategies of a world belong to it: whoever wants others says so here, as a layer (`setting-layers.ts`), and an edge
 * that ends and starts again has them. Worlds differ in how an edge is given them, and in what it starts with.
 */
import { type BegunRegion, type SettingsTold, WantedSettings, type WantedSettingsOptions } from './wanted-settings.ts';

export interface WorldSettingsOptions extends Pick<WantedSettingsOptions, 'clock' | 'journal' | 'mayChange' | 'edgeOf' | 'isStopped'> {
  readonly regions: readonly BegunRegion[];
}

export class WorldSettings {
  readonly #regions: ReadonlyMap<string, WantedSettings>;
  readonly #listeners = new Set<(told: SettingsTold) => void>();

  constructor({ regions, ...options }: WorldSettingsOptions) {
    const onTold = (told: SettingsTold) => {
      for (const listener of this.#listeners) listener(told);
    };
    this.#regions = new Map(regions.map((begun) => [begun.region, new WantedSettings({ ...options, ...begun, onTold })]));
  }

  /** Throws TypeError for a region there is not. */
  of(region: string): WantedSettings {
    const found = this.#regions.get(region);
    if (found === undefined) throw new TypeError(`expected a region of the world, got ${region}`);
    return found;
  }

  /** Hears of everything that is in force from now on. Answers how to stop listening. */
  onTold(listener: (told: SettingsTold) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
