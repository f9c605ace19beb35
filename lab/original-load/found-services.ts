/** Services that answer on the ports of the topology already, whoever started them: a load may use them and leave them running. */
import type { Clients } from '../system/clients.ts';
import type { Topology } from '../topology/topology.ts';
import type { WorldRegion } from '../worlds/world.ts';

/** Its regions as their edges describe themselves; undefined unless the origin and every edge are there and are ours. */
export async function findServices({ regions }: Pick<Topology, 'regions'>, clients: Clients): Promise<readonly WorldRegion[] | undefined> {
  const origin = await clients.originMetrics().catch(notOurs);
  if (origin === undefined) return undefined;
  const found = await Promise.all(regions.map(({ region, port }) => findEdge(clients, region, `http://127.0.0.1:${port}`)));
  return found.every((edge) => edge !== undefined) ? found : undefined;
}

async function findEdge(clients: Clients, region: string, url: string): Promise<WorldRegion | undefined> {
  const edge = await clients.edgeMetrics(url).catch(notOurs);
  if (edge?.region !== region) return undefined;
  return { region, url, delayMs: edge.propagationDelayMs, strategy: edge.strategy };
}

/** No answer, or one of somebody else's: a page, another shape. */
function notOurs(): undefined {}
