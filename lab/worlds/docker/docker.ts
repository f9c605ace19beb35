/**
 * The docker world: the cluster of compose.yaml in containers, started or found running, to be broken for real.
 *
 * One lab per project holds it. What a lab before it left broken is healed first. `close` removes what was made for
 * this world, and leaves alone a cluster that was there before.
 */
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { type Releasers, withReleasers } from '../../../services/runtime/releasers.ts';
import { NotHealed, WorldFailed } from '../../errors.ts';
import { Journal, stateFolder } from '../../journal/journal.ts';
import { takeLock } from '../../journal/lock.ts';
import { HttpTransport, openHttpClients } from '../../system/http-clients.ts';
import { nodeName } from '../../system/parts.ts';
import type { Variables } from '../../topology/compose-file.ts';
import { protectionOf } from '../../topology/protection.ts';
import { leaseBoundsOf, regionSettings } from '../../topology/region-settings.ts';
import { upstreamService } from '../../topology/target-services.ts';
import type { RegionTopology, Topology } from '../../topology/topology.ts';
import type { StartStep, ToolAddress, World, WorldRegion } from '../world.ts';
import { ADMIN_TOKEN, type Cluster, ensureCluster } from './cluster.ts';
import { clusterSettings } from './cluster-settings.ts';
import { plainServices, startedServices } from './container-spec.ts';
import { DockerControl, TOXIC_PREFIX } from './control.ts';
import { watchEnds } from './ends.ts';
import { Engine } from './engine.ts';
import { type ContainerFacts, urlsOf } from './engine-facts.ts';
import { refuseStopped } from './health.ts';
import { Links } from './links.ts';
import { Parts, serviceOf } from './nodes.ts';
import { Prober } from './prober.ts';
import { openRemoteUpstream } from './remote-upstream.ts';
import { setRegions } from './set-regions.ts';
import { refuseOtherwiseMade, untilTargetsServe } from './target-checks.ts';
import { type Undone, undoAll } from './undo.ts';

export interface StartDockerOptions {
  readonly topology: Topology;
  /** Of the process: where the engine and the journal are. */
  readonly variables: Variables;
  readonly onStep: (step: StartStep) => void;
  /** Stops a start that is under way. */
  readonly signal?: AbortSignal | undefined;
  /** Leave running what was started. */
  readonly keep?: boolean | undefined;
  /** In each region with an edge of ours an upstream holds answers back, for races. Left out: none does. */
  readonly holdsAnswers?: boolean | undefined;
  /** Only what is there: nothing is started, and what an earlier command left in force stays so. */
  readonly attach?: boolean | undefined;
}

export interface DockerWorld extends World {
  /** It ran before, and goes on after `close`. */
  readonly wasThere: boolean;
  readonly linksUrl: string;
}

const LINKS_SERVICE = 'links';
const LINKS_API_PORT = 8474;
const MESH = 'mesh';
const SESSION_LENGTH = 8;

export function startDocker(options: StartDockerOptions): Promise<DockerWorld> {
  return withReleasers(async (releasers) => {
    const { topology, variables } = options;
    const engine = await Engine.connect(variables);
    const folder = stateFolder(topology.project, variables);
    const lock = await takeLock(folder, topology.project);
    releasers.push(() => lock.release());
    const journal = await Journal.open(folder);
    const before = new Map((await engine.containers(topology.project)).map((facts) => [facts.service, facts]));
    if (!options.attach) refuseOtherwiseMade(topology, before);
    const adminToken = tokenOf(before) ?? givenToken(variables) ?? random.uuid();
    if (!options.attach) refuseLeft(await healListed({ engine, journal, containers: before, adminToken }), options);
    const cluster = options.attach ? asFound(topology, before) : await ensureCluster({ ...options, engine, adminToken });
    let isKept = false;
    releasers.push(() => (isKept ? undefined : removeCluster(cluster, journal)));
    const made = await toWorld({ engine, journal, cluster, adminToken: tokenOf(cluster.containers) ?? '', topology, releasers });
    const refuseEnded = (region: string) =>
      refuseStopped({ engine, id: cluster.containers.get(serviceOf(nodeName('edge', region)))?.id ?? '' });
    if (!options.attach) await untilTargetsServe(made.regions, { clock, signal: options.signal, refuseEnded });
    isKept = options.keep ?? false;
    const world: DockerWorld = { ...made, ...upstreamsOf({ options, cluster, releasers }), staysUp: isKept || cluster.wasThere };
    // Whatever ended the run: an exception, a signal, a world that was lost while faults were in force.
    if (!options.attach && (isKept || cluster.wasThere)) releasers.push(() => healOnClose({ engine, journal, cluster }));
    if (!cluster.wasThere || options.attach) return world;
    return { ...world, regions: await setRegions({ world, topology, releasers }) };
  });
}

function asFound({ project, compose }: Topology, containers: ReadonlyMap<string, ContainerFacts>): Cluster {
  const missing = plainServices(compose).filter((service) => !containers.has(service));
  if (missing.length === 0) return { project, containers, wasThere: true, remove: async () => {} };
  const what = containers.size === 0 ? 'does not run' : `runs without ${missing.join(', ')}`;
  throw new WorldFailed(`the project ${project} ${what}. Start it: edgesync-lab up --backend docker --project ${project}`);
}

function givenToken(variables: Variables): string | undefined {
  const given = variables[ADMIN_TOKEN];
  return given === '' ? undefined : given;
}

/** Of the cluster that is there: one for all its edges. undefined where Compose made it without one. */
export function tokenOf(containers: ReadonlyMap<string, ContainerFacts>): string | undefined {
  const tokens = [...containers.values()].map(({ environment }) => environment.get(ADMIN_TOKEN) ?? '');
  return tokens.find((token) => token !== '');
}

export function linksOf(containers: ReadonlyMap<string, ContainerFacts>): Links | undefined {
  const facts = containers.get(LINKS_SERVICE);
  const port = facts?.ports.get(LINKS_API_PORT);
  return facts?.state !== 'running' || port === undefined ? undefined : new Links(`http://127.0.0.1:${port}`);
}

interface HealListed {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  readonly adminToken: string;
}

export function healListed({ engine, journal, containers, adminToken }: HealListed): Promise<Undone> {
  return undoAll({ engine, clock, journal, containers, links: linksOf(containers), adminToken });
}

function refuseLeft({ healed, left }: Undone, { onStep, topology: { project } }: StartDockerOptions): void {
  for (const what of healed) onStep({ step: `healed what was left: ${what}`, elapsedMs: 0 });
  if (left.length === 0) return;
  throw new WorldFailed(
    `an earlier lab left faults that cannot be healed: ${left.join('; ')}. Remove the cluster: edgesync-lab down --project ${project}`,
  );
}

async function healOnClose({ engine, journal, cluster }: Pick<WorldParts, 'engine' | 'journal' | 'cluster'>): Promise<void> {
  if (journal.entries.length === 0) return;
  const { containers, project } = cluster;
  const { left } = await healListed({ engine, journal, containers, adminToken: tokenOf(containers) ?? '' });
  if (left.length > 0) throw new NotHealed(`could not heal: ${left.join('; ')}. Try again: edgesync-lab heal --project ${project}`);
}

async function removeCluster(cluster: Cluster, journal: Journal): Promise<void> {
  await cluster.remove();
  // What was broken is gone with it.
  if (!cluster.wasThere) await journal.clear();
}

interface UpstreamsOf extends Pick<WorldParts, 'cluster' | 'releasers'> {
  readonly options: StartDockerOptions;
}

function upstreamsOf({ options, cluster, releasers }: UpstreamsOf): Pick<World, 'upstreamOf'> {
  if (!options.holdsAnswers) return {};
  const transport = new HttpTransport();
  releasers.push(() => transport.close());
  const adminToken = tokenOf(cluster.containers) ?? '';
  return { upstreamOf: (region) => openRemoteUpstream({ transport, url: urlOf(cluster, upstreamService(region)), adminToken, clock }) };
}

interface WorldParts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly cluster: Cluster;
  readonly adminToken: string;
  readonly topology: Topology;
  readonly releasers: Releasers;
}

async function toWorld({ engine, journal, cluster, adminToken, topology, releasers }: WorldParts): Promise<Omit<DockerWorld, 'staysUp'>> {
  const { project } = topology;
  const links = linksOf(cluster.containers);
  if (links === undefined)
    throw new WorldFailed(`the project ${project} has no ${LINKS_SERVICE} with a published API: it cannot be broken`);
  const containers = new Map([...cluster.containers].map(([service, { id }]) => [service, id]));
  const mesh = (await engine.networks(project)).find(({ network }) => network === MESH)?.name;
  if (mesh === undefined) throw new WorldFailed(`the project ${project} has no network ${MESH}: it cannot be broken`);
  // Those of a profile look on: a world without them is whole.
  const members = topology.regions.flatMap(({ others = [] }) => others.map(({ service }) => service));
  const watched = [...plainServices(topology.compose), ...members].flatMap((service) => (containers.has(service) ? [service] : []));
  const services = new Map(watched.map((service) => [containers.get(service) ?? '', service]));
  const ends = await watchEnds({ engine, project, services });
  releasers.push(() => ends.close());
  const originUrl = urlOf(cluster, 'origin');
  const regions = topology.regions.map((region) => toRegion(cluster, region));
  const openClients = () => openHttpClients({ originUrl, edges: regions, adminToken });
  const clients = openClients();
  releasers.push(() => clients.close());
  const settings = await clusterSettings({ clock, engine, journal, cluster, clients, regions, mayChange: adminToken !== '' });
  const control = new DockerControl({
    engine,
    links,
    prober: new Prober({ engine, links, containers, mesh }),
    journal,
    clock,
    settings,
    project,
    containers,
    mesh,
    prefix: `${TOXIC_PREFIX}${random.uuid().slice(0, SESSION_LENGTH)}.`,
    whileEnding: ends.asked,
  });
  let closed: Promise<void> | undefined;
  return {
    backend: 'docker',
    originUrl,
    openClients,
    regions,
    control,
    settings,
    lost: ends.lost,
    wasThere: cluster.wasThere,
    linksUrl: urlOf(cluster, LINKS_SERVICE),
    tools: toolsOf(cluster, topology),
    close: () => {
      closed ??= releasers.release();
      return closed;
    },
  };
}

function urlOf({ containers, project }: Cluster, service: string): string {
  const [port] = containers.get(service)?.ports.values() ?? [];
  if (port === undefined) throw new WorldFailed(`${service} of the project ${project} has no published port`);
  return `http://127.0.0.1:${port}`;
}

function toolsOf({ containers }: Cluster, { compose, profiles, regions }: Topology): readonly ToolAddress[] {
  const plain = [...plainServices(compose), ...regions.flatMap(({ others = [] }) => others.map(({ service }) => service))];
  const tools = startedServices(compose, profiles).filter((service) => !plain.includes(service));
  return tools.map((service) => ({ service, urls: urlsOf(service, containers.get(service)?.ports ?? new Map()) }));
}

/** As its container was made, not as the file says now. */
function toRegion(cluster: Cluster, { region, service, target, others = [], environment: asked }: RegionTopology): WorldRegion {
  const settings = new Parts(cluster.containers).settingsOf(region);
  const running = others.filter((other) => cluster.containers.has(other.service));
  const environment = Object.fromEntries(cluster.containers.get(settings)?.environment ?? []);
  const own = {
    region,
    url: urlOf(cluster, service),
    ...regionSettings(environment),
    ...leaseBoundsOf(environment),
    ...protectionOf(environment),
  };
  if (target === undefined) return running.length === 0 ? own : { ...own, others: running.map((other) => urlOf(cluster, other.service)) };
  const around = { ...target, upstreamUrl: urlOf(cluster, upstreamService(region)) };
  // As the file says it: nobody else is told.
  if (target.readsLog) return { ...own, ...regionSettings(asked), lifetimeMs: target.lifetime, target: around };
  return { ...own, lifetimeMs: target.lifetime, target: { ...around, purgerUrl: urlOf(cluster, settings) } };
}
