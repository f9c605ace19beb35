/** For `load`, which only reads and writes: services that answer already are as good as a world of its own. */

import { findServices } from '../../lab/original-load/found-services.ts';
import type { Clients } from '../../lab/system/clients.ts';
import type { Variables } from '../../lab/topology/compose-file.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { WorldRegion } from '../../lab/worlds/world.ts';
import { worldKind } from '../../lab/worlds/worlds.ts';
import { type OpenWorldOptions, openWorld } from './open-world.ts';
import { readWorldTopology } from './world-options.ts';

export interface OpenServices {
  readonly regions: readonly WorldRegion[];
  readonly clients: Clients;
  /** Resolves with the reason when they are lost. Never of services that were there. */
  readonly lost: Promise<string>;
}

/**
 * Those that answer on the ports of the topology, else a world that ends with the command. A cluster is attached to as
 * ever.
 */
export async function openServices(given: OpenWorldOptions): Promise<OpenServices> {
  const running = await findRunning(given);
  if (running !== undefined) return running;
  const { world, clients } = await openWorld(given);
  return { regions: world.regions, clients, lost: world.lost };
}

async function findRunning({ options, session, releasers }: OpenWorldOptions): Promise<OpenServices | undefined> {
  const { backend, ports } = options;
  const isAttached = backend !== undefined && worldKind(backend).outlivesLab;
  if (isAttached || ports === 'auto') return undefined;
  const topology = await readWorldTopology(options, session.environment);
  // With it comes undici: only where it is asked for.
  const { openHttpClients } = await import('../../lab/system/http-clients.ts');
  const urlOf = (port: number) => `http://127.0.0.1:${port}`;
  const edges = topology.regions.map(({ region, port }) => ({ region, url: urlOf(port) }));
  const clients = openHttpClients({ originUrl: urlOf(topology.origin.port), edges });
  releasers.push(() => clients.close());
  const regions = await findServices(edges, clients);
  if (regions === undefined || (await isCluster(topology, session.environment.variables))) return undefined;
  session.output.note(`the load uses the services that already answer at port ${topology.origin.port}; these services are left running`);
  return { regions, clients, lost: new Promise(() => {}) };
}

/**
 * Whether containers of the project hold the port: then its lock is to be taken, for another lab may be breaking it.
 */
async function isCluster({ compose, project, origin }: Topology, variables: Variables): Promise<boolean> {
  const { examineDocker } = await import('../../lab/worlds/docker/examine.ts');
  const found = await examineDocker({ compose, project }, variables);
  return !('problem' in found) && found.ownPorts.includes(origin.port);
}
