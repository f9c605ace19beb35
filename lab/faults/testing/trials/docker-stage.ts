/**
 * A trial on a cluster in Docker, which stays up from one to the next, and is looked at past the lab: engine, links and
 * journal.
 */

import { systemClock } from '../../../../services/runtime/clock.ts';
import { Journal, stateFolder } from '../../../journal/journal.ts';
import { openHttpClients } from '../../../system/http-clients.ts';
import type { Variables } from '../../../topology/compose-file.ts';
import type { Topology } from '../../../topology/topology.ts';
import { linksOf, startDocker, tokenOf } from '../../../worlds/docker/docker.ts';
import { Engine } from '../../../worlds/docker/engine.ts';
import { refusesWrites } from '../../../worlds/docker/redis-damages.ts';
import type { WorldRegion } from '../../../worlds/world.ts';
import { changedIn } from './broken.ts';
import type { Stage } from './stage.ts';

export interface DockerStageOptions {
  readonly topology: Topology;
  /** Of the process: where the engine and the journal are. */
  readonly variables: Variables;
}

const MESH = 'mesh';

export function dockerStage(options: DockerStageOptions): Stage {
  let regions: readonly WorldRegion[] = [];
  return {
    backend: 'docker',
    clock: systemClock,
    drive: (trial) => trial,
    startWorld: async () => {
      const world = await startDocker({ ...options, onStep: () => {}, keep: true });
      ({ regions } = world);
      return world;
    },
    brokenAfter: () => brokenInCluster(options, regions),
  };
}

/** As they are now: what a trial is to leave them like. */
export async function dockerRegions(options: DockerStageOptions): Promise<readonly WorldRegion[]> {
  const world = await startDocker({ ...options, onStep: () => {}, attach: true });
  await world.close();
  return world.regions;
}

/** Containers, networks, proxies, settings and journal, as nobody but the engine and the services tell them. */
export async function brokenInCluster(
  { topology, variables }: DockerStageOptions,
  regions: readonly WorldRegion[],
): Promise<readonly string[]> {
  const { project } = topology;
  const engine = await Engine.connect(variables);
  const containers = await engine.containers(project);
  const mesh = (await engine.networks(project)).find(({ network }) => network === MESH)?.name ?? MESH;
  const byService = new Map(containers.map((facts) => [facts.service, facts]));
  const proxies = (await linksOf(byService)?.proxies()) ?? [];
  const caches = containers.filter(({ service, state }) => service.startsWith('redis-') && state === 'running');
  const refusing = await Promise.all(
    caches.map(async ({ id, service }) => ((await refusesWrites({ engine, clock: systemClock }, id)) ? [service] : [])),
  );
  const journal = await Journal.open(stateFolder(project, variables));
  const clients = openHttpClients({ originUrl: 'http://127.0.0.1:1', edges: regions, adminToken: tokenOf(byService) ?? '' });
  try {
    return [
      ...containers.flatMap(({ service, state }) => (state === 'running' ? [] : [`${service} is ${state}`])),
      ...containers.flatMap(({ service, networks }) =>
        /^(edge-|origin$)/.test(service) && !networks.has(mesh) ? [`${service} is apart`] : [],
      ),
      ...refusing.flat().map((service) => `${service} refuses writes`),
      ...(proxies.length === 0 ? ['the links do not answer'] : []),
      ...proxies.flatMap(({ name, enabled }) => (enabled ? [] : [`${name} is off`])),
      ...proxies.flatMap(({ name, toxics }) => toxics.map((toxic) => `${name} has ${toxic.type} ${toxic.name}`)),
      ...journal.entries.map(({ says }) => `in the journal: ${says}`),
      ...(await changedIn({ regions }, clients)),
    ];
  } finally {
    await clients.close();
  }
}
