/** A run has the delays and strategies that its world is said to have, whatever somebody has set there: wanted for as long as it lasts. */
import type { Releasers } from '../../services/runtime/releasers.ts';
import type { History } from '../history/history.ts';
import { recordSettings } from '../session/settings-recorder.ts';
import { isSame } from '../worlds/setting-layers.ts';
import type { World } from '../worlds/world.ts';

export interface SettingsOfRunOptions {
  readonly world: World;
  readonly releasers: Releasers;
  /** Takes what is in force, from when the run has what it wants. */
  readonly history: History;
  /** ms since the run's start. */
  readonly t: () => number;
  /** Hears of what could not be undone. */
  readonly onLeft: (what: string) => void;
}

/** Rejects with WorldFailed where they cannot be changed. */
export async function holdSettings({ world: { settings, regions }, releasers, history, t, onLeft }: SettingsOfRunOptions): Promise<void> {
  await Promise.all(
    regions.map(async ({ region, delayMs, strategy }) => {
      const [wanted, own] = [{ propagationDelayMs: delayMs, strategy }, settings.of(region)];
      if (isSame(own.wanted, wanted) && isSame(own.inForce, wanted)) return;
      releasers.push(() => own.remove('run').catch(() => onLeft(`edge:${region} is set for a run`)));
      await own.set('run', wanted);
    }),
  );
  releasers.push(recordSettings({ settings, regions, t, sink: history }));
}
