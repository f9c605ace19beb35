/** The delays and strategies of a run in a world that goes on after it: as the world began, with what its scenario overrides. */
import type { Scenario } from '../scenarios/scenario.ts';
import type { World, WorldRegion } from '../worlds/world.ts';

export function regionsOfRun({ regions }: World, { system }: Scenario): readonly WorldRegion[] {
  return regions.map((begun) => {
    const { delay, strategy } = system.regions[begun.region] ?? {};
    return { ...begun, delayMs: delay ?? begun.delayMs, strategy: strategy ?? begun.strategy };
  });
}
