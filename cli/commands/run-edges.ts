/** How many edges each region of a run has: as far as it is known before the world is there, and when it is. */
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import { checkRegions, edgeCountsOf } from '../../lab/scenarios/world-check.ts';
import type { EdgeCounts } from '../../lab/topology/edge-counts.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { World } from '../../lab/worlds/world.ts';
import { type Backend, worldKind } from '../../lab/worlds/worlds.ts';

/** A cluster that is there may have fewer edges than its file. Throws InvalidInput. */
export async function withEdgesOf(scenario: Scenario, world: World): Promise<World> {
  try {
    checkRegions(scenario, edgeCountsOf(world.regions));
    return world;
  } catch (error) {
    await world.close();
    throw error;
  }
}

/** What is known before the world is: further edges of compose.yaml run only where Docker was told to. */
export function edgesAsked({ regions }: Topology, backend: Backend): EdgeCounts {
  return edgeCountsOf(worldKind(backend).outlivesLab ? regions : regions.map(({ region }) => ({ region })));
}
