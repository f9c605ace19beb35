/**
 * A run has the delays and strategies that its world is said to have, whatever somebody has set there: wanted for as
 * long as it lasts.
 */
import type { Releasers } from '../../services/runtime/releasers.ts';
import { isSame } from '../worlds/setting-layers.ts';
import { settingsOfRegion } from '../worlds/settings-of-region.ts';
import type { World } from '../worlds/world.ts';

export interface SettingsOfRunOptions {
  readonly world: World;
  readonly releasers: Releasers;
  /** Hears of what could not be undone. */
  readonly onLeft: (what: string) => void;
}

/** Rejects with WorldFailed where they cannot be changed. */
export async function holdSettings({ world: { settings, regions }, releasers, onLeft }: SettingsOfRunOptions): Promise<void> {
  await Promise.all(
    regions.map(async (world) => {
      const { region } = world;
      const [wanted, own] = [settingsOfRegion(world), settings.of(region)];
      if (isSame(own.desired, wanted) && isSame(own.inForce, wanted)) return;
      releasers.push(() => own.remove('run').catch(() => onLeft(`edge:${region} is set for a run`)));
      await own.set('run', wanted);
    }),
  );
}
