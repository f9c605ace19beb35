/** The regions of a simulation: those of the topology, and as many more like them as were asked for. */
import type { RegionTopology, Topology } from '../topology.ts';

/** What a simulated world is made of. */
export type SimulatedTopology = Pick<Topology, 'origin' | 'regions'>;

export const REGIONS_MAX = 300;

function moreLike(model: RegionTopology, at: number): RegionTopology {
  const region = `region-${at + 1}`;
  return { ...model, region, service: `edge-${region}`, environment: { ...model.environment, REGION_NAME: region } };
}

export function withRegions({ origin, regions }: SimulatedTopology, count: number): SimulatedTopology {
  const all = Array.from({ length: count }, (_, at) => {
    const model = regions[at % regions.length];
    if (model === undefined) throw new TypeError('expected a topology with regions, got none');
    return at < regions.length ? model : moreLike(model, at);
  });
  return { origin, regions: all };
}
