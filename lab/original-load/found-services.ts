/**
 * Services that answer on the ports of the topology already, whoever started them: a load may use them and leave them
 * running.
 */
import type { Clients } from '../system/clients.ts';
import type { EdgeAddress } from '../system/edges/edges.ts';
import type { WorldRegion } from '../worlds/world.ts';

/**
 * The regions of `edges` as their edges describe themselves; undefined unless the origin and every edge are there and
 * are ours.
 */
export async function findServices(edges: readonly EdgeAddress[], clients: Clients): Promise<readonly WorldRegion[] | undefined> {
  const origin = await clients.originMetrics().catch(notOurs);
  if (origin === undefined) return undefined;
  const found = await Promise.all(edges.map((edge) => findEdge(edge, clients)));
  return found.every((edge) => edge !== undefined) ? found : undefined;
}

async function findEdge(address: EdgeAddress, clients: Clients): Promise<WorldRegion | undefined> {
  const told = await clients.edge(address.region).can.metrics?.().catch(notOurs);
  if (told?.region !== address.region) return undefined;
  return { ...address, delayMs: told.propagationDelayMs, strategy: told.strategy };
}

/** No answer, or one of somebody else's: a page, another shape. */
function notOurs(): undefined {}
