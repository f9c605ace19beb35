/** What can be done to a cluster without a world on it: look at it, heal it, remove it. */
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import { Journal, stateFolder } from '../../journal/journal.ts';
import { lockHolder, takeLock } from '../../journal/lock.ts';
import type { Variables } from '../../topology/compose-file.ts';
import type { Topology } from '../../topology/topology.ts';
import { plainServices } from './container-spec.ts';
import { linksOf, tokenOf } from './docker.ts';
import { Engine } from './engine.ts';
import { type ContainerFacts, urlsOf } from './engine-facts.ts';
import { type Undone, undoAll } from './undo.ts';

export interface ManageOptions {
  readonly topology: Topology;
  readonly variables: Variables;
}

export interface ServiceStatus {
  readonly service: string;
  readonly state: ContainerFacts['state'] | 'absent';
  readonly health: string | null;
  /** RFC 3339, of its last start; null when it does not run. */
  readonly since: string | null;
  readonly urls: readonly string[];
}

export interface ClusterStatus {
  readonly project: string;
  /** `lab`, or `compose`: who made it; null when nothing is there. */
  readonly madeBy: 'lab' | 'compose' | null;
  readonly services: readonly ServiceStatus[];
  /** What the journal lists as in force. */
  readonly faults: readonly string[];
  /** Process id of the lab that holds it. */
  readonly heldBy: number | null;
}

export async function clusterStatus({ topology, variables }: ManageOptions): Promise<ClusterStatus> {
  const { project, compose } = topology;
  const engine = await Engine.connect(variables);
  const folder = stateFolder(project, variables);
  const containers = await engine.containers(project);
  const byService = new Map(containers.map((facts) => [facts.service, facts]));
  const names = [...new Set([...plainServices(compose), ...byService.keys()])];
  const [first] = containers;
  return {
    project,
    madeBy: first === undefined ? null : first.isOurs ? 'lab' : 'compose',
    services: names.map((service) => toStatus(service, byService.get(service))),
    faults: (await Journal.open(folder)).entries.map(({ says }) => says),
    heldBy: (await lockHolder(folder)) ?? null,
  };
}

function toStatus(service: string, facts: ContainerFacts | undefined): ServiceStatus {
  if (facts === undefined) return { service, state: 'absent', health: null, since: null, urls: [] };
  return {
    service,
    state: facts.state,
    health: facts.health ?? null,
    since: facts.state === 'stopped' ? null : facts.startedAt,
    urls: urlsOf(service, facts.ports),
  };
}

/** Removes what the journal lists, and toxics of ours. Where no engine answers, what it lists is left. */
export async function healCluster({ topology, variables }: ManageOptions): Promise<Undone> {
  const { project } = topology;
  const folder = stateFolder(project, variables);
  const lock = await takeLock(folder, project);
  try {
    const journal = await Journal.open(folder);
    const engine = await Engine.connect(variables).catch((error: unknown) => {
      if (journal.entries.length === 0 || !(error instanceof WorldFailed)) throw error;
      return error.message;
    });
    if (typeof engine === 'string') return { healed: [], left: journal.entries.map(({ says }) => `${says} (${engine})`) };
    const containers = new Map((await engine.containers(project)).map((facts) => [facts.service, facts]));
    return await undoAll({ engine, clock, journal, containers, links: linksOf(containers), adminToken: tokenOf(containers) ?? '' });
  } finally {
    await lock.release();
  }
}

export interface Removed {
  readonly containers: number;
  readonly networks: number;
  readonly volumes: number;
}

/** Only what carries our label. Throws WorldFailed for a cluster that is not ours. */
export async function removeCluster({ topology, variables }: ManageOptions, withVolumes: boolean): Promise<Removed> {
  const { project } = topology;
  const engine = await Engine.connect(variables);
  const folder = stateFolder(project, variables);
  const lock = await takeLock(folder, project);
  try {
    const containers = await engine.containers(project);
    const ours = containers.filter(({ isOurs }) => isOurs);
    if (ours.length === 0 && containers.length > 0)
      throw new WorldFailed(`the project ${project} was not made by the lab. Remove it with: docker compose -p ${project} down`);
    await Promise.all(ours.map(({ id }) => engine.removeContainer(id)));
    const volumes = withVolumes ? await engine.removeVolumes(project) : 0;
    // What was broken is gone with its containers, also where an engine does not let go of a network.
    if (ours.length === containers.length) await (await Journal.open(folder)).clear();
    const networks = (await engine.networks(project)).filter(({ isOurs }) => isOurs);
    await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
    return { containers: ours.length, networks: networks.length, volumes };
  } finally {
    await lock.release();
  }
}
