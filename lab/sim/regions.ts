/** The regions of a simulation: those of the topology, and as many more like them as were asked for. */
import type { RegionTopology, Topology } from '../topology/topology.ts';

/** What a simulated world is made of. */
export type SimulatedTopology = Pick<Topology, 'origin' | 'regions'>;

export const REGIONS_MAX = 300;

function moreLike(model: RegionTopology, region: string): RegionTopology {
  return { ...model, region, service: `edge-${region}`, environment: { ...model.environment, REGION_NAME: region } };
}

/** The first `count` of the topology, and more of them when it has not so many. */
export function withRegions(topology: SimulatedTopology, count: number): SimulatedTopology {
  const names = Array.from({ length: count }, (_, at) => topology.regions[at]?.region ?? `region-${at + 1}`);
  return regionsNamed(topology, names);
}

/** Those that the topology does not have are like the ones it has, in turn. */
export function regionsNamed({ origin, regions }: SimulatedTopology, names: readonly string[]): SimulatedTopology {
  const all = names.map((name, at) => {
    const model = regions[at % regions.length];
    if (model === undefined) throw new TypeError('expected a topology with regions, got none');
    return regions.find(({ region }) => region === name) ?? moreLike(model, name);
  });
  return { origin, regions: all };
}
