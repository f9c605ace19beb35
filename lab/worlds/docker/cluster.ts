/**
 * The containers and networks of a project: whatever of them is missing is made, whatever is stopped is started, and
 * what runs is left as it is. So a start, an attachment and the end of a half-finished start are one thing. What it
 * made, it can remove.
 */
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';
import type { Environment } from '../../topology/compose-file.ts';
import { firstOf, furtherEnvironment } from '../../topology/members.ts';
import { targetEnvironments, upstreamService } from '../../topology/target-services.ts';
import type { Topology } from '../../topology/topology.ts';
import { refuseBusyPorts } from '../embedded/ports.ts';
import type { StartStep } from '../world.ts';
import { type ContainerSpec, plainServices, startedServices, toNetworkSpec, toSpec } from './container-spec.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { takeFreePorts } from './free-ports.ts';
import { isHealthy, untilReady } from './health.ts';
import { fetchImages, missingImages, wantedImages } from './images.ts';

export interface Cluster {
  readonly project: string;
  /** By service. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  /** Nothing had to be made, but for services of profiles: somebody else brought it up, and may go on with it. */
  readonly wasThere: boolean;
  /** Removes what was made here: containers with their anonymous volumes, networks. Safe to call twice. */
  remove(): Promise<void>;
}

export interface EnsureClusterOptions {
  readonly engine: Engine;
  readonly topology: Topology;
  /** For the edges that have to be made. */
  readonly adminToken: string;
  readonly onStep: (step: StartStep) => void;
  readonly signal?: AbortSignal | undefined;
}

export const START_MS_MAX = 120_000;
export const ADMIN_TOKEN = 'ADMIN_TOKEN';
/** All services together take about 1.5 GB at rest (measured), and an engine needs some itself. */
export const MEMORY_BYTES_MIN = 1_800_000_000;
const BYTES_PER_MB = 1_000_000;

export function memoryProblem(memoryBytes: number): string | undefined {
  if (memoryBytes >= MEMORY_BYTES_MIN) return undefined;
  return `the Docker engine has ${Math.floor(memoryBytes / BYTES_PER_MB)} MB of memory, the cluster needs ${MEMORY_BYTES_MIN / BYTES_PER_MB}`;
}

export async function ensureCluster(options: EnsureClusterOptions): Promise<Cluster> {
  const building = new Building(options);
  try {
    return await building.ensure();
  } catch (error) {
    await building.remove();
    throw error;
  }
}

class Building {
  readonly #options: EnsureClusterOptions;
  readonly #made = { containers: [] as string[], networks: [] as string[] };
  readonly #healthy = new Map<string, Promise<string>>();
  readonly #failed = new AbortController();
  /** Every service is on its way: now one may wait for another. */
  readonly #begun = Promise.withResolvers<void>();
  #networks: ReadonlyMap<string, string> = new Map();

  constructor(options: EnsureClusterOptions) {
    this.#options = options;
  }

  async ensure(): Promise<Cluster> {
    const { engine, topology, onStep } = this.#options;
    const { compose, project, profiles } = topology;
    const there = new Map((await engine.containers(project)).map((facts) => [facts.service, facts]));
    const services = startedServices(compose, profiles);
    const specs = await this.#specs(services.filter((service) => !there.has(service)));
    if (specs.length > 0) {
      const problem = memoryProblem((await engine.facts()).memoryBytes);
      if (problem !== undefined) throw new WorldFailed(`${problem}. Give the engine more memory, or use --backend embedded`);
      await fetchImages(engine, await missingImages(engine, wantedImages(compose, profiles)), onStep);
      this.#networks = await this.#ensureNetworks();
    }
    const bySpec = new Map(specs.map((spec) => [spec.service, spec]));
    for (const service of services) this.#healthy.set(service, this.#up(service, there.get(service), bySpec.get(service)));
    const up = [...this.#healthy.values()];
    // One that cannot start ends the waiting of the others, which are then awaited all the same.
    for (const one of up) one.catch((error: unknown) => this.#failed.abort(error));
    this.#begun.resolve();
    await Promise.allSettled(up);
    this.#options.signal?.throwIfAborted();
    this.#failed.signal.throwIfAborted();
    const containers = await engine.containers(project);
    return {
      project,
      containers: new Map(containers.map((facts) => [facts.service, facts])),
      wasThere: plainServices(compose).every((service) => !bySpec.has(service)),
      remove: () => this.remove(),
    };
  }

  async remove(): Promise<void> {
    const { engine } = this.#options;
    await Promise.all(this.#made.containers.splice(0).map((id) => engine.removeContainer(id)));
    await Promise.all(this.#made.networks.splice(0).map((id) => engine.removeNetwork(id)));
  }

  async #specs(missing: readonly string[]): Promise<readonly ContainerSpec[]> {
    const { topology } = this.#options;
    const { compose, project } = topology;
    const isAuto = topology.origin.port === 0;
    const wanted = missing.flatMap(
      (service) => compose.services[service]?.ports.map(({ hostPort }) => ({ service, port: isAuto ? 0 : hostPort })) ?? [],
    );
    await refuseBusyPorts(wanted.filter(({ port }) => port !== 0));
    const free = [...(await takeFreePorts(wanted.filter(({ port }) => port === 0).length, random))];
    return missing.map((service) => {
      const hostPorts = wanted.filter((one) => one.service === service).map(({ port }) => (port === 0 ? (free.shift() ?? 0) : port));
      return toSpec({ compose, project, service, environment: this.#environmentOf(service), hostPorts });
    });
  }

  #environmentOf(service: string): Environment {
    const { topology, adminToken } = this.#options;
    const region = topology.regions.find((one) => one.service === service);
    const started = startedServices(topology.compose, topology.profiles);
    if (region !== undefined && region.target === undefined) {
      const isShared = region.others?.some((other) => started.includes(other.service)) ?? false;
      return { ...(isShared ? firstOf(region.environment) : region.environment), [ADMIN_TOKEN]: adminToken };
    }
    const member = topology.regions.flatMap(({ environment, others = [] }) =>
      others.flatMap((other) => (other.service === service ? [furtherEnvironment(other, environment)] : [])),
    );
    if (member[0] !== undefined) return { ...member[0], [ADMIN_TOKEN]: adminToken };
    const around = topology.regions.flatMap(({ region: name, target, environment }) =>
      target === undefined ? [] : Object.entries(targetEnvironments(name, target, environment)),
    );
    const [, own] = around.find(([name]) => name === service) ?? [];
    const isUpstream = topology.regions.some(({ region: name }) => upstreamService(name) === service);
    return own === undefined && !isUpstream ? {} : { ...own, [ADMIN_TOKEN]: adminToken };
  }

  /** Names of the file to names of the engine. */
  async #ensureNetworks(): Promise<ReadonlyMap<string, string>> {
    const { engine, topology, onStep } = this.#options;
    const { compose, project } = topology;
    const begunMs = clock.monotonicMs();
    const names = new Map((await engine.networks(project)).map(({ network, name }) => [network, name]));
    for (const network of Object.keys(compose.networks)) {
      if (names.has(network)) continue;
      const spec = toNetworkSpec(compose, project, network);
      this.#made.networks.push(await engine.createNetwork(spec));
      names.set(network, spec.name);
    }
    onStep({ step: 'networks made', elapsedMs: Math.round(clock.monotonicMs() - begunMs) });
    return names;
  }

  /** Healthy, after those it depends on. Answers its id. */
  async #up(service: string, there: ContainerFacts | undefined, spec: ContainerSpec | undefined): Promise<string> {
    const { engine, onStep, signal } = this.#options;
    await this.#begun.promise;
    if (there !== undefined && isHealthy(there)) return there.id;
    const stop = AbortSignal.any([this.#failed.signal, ...(signal === undefined ? [] : [signal])]);
    const id = there?.id ?? (spec === undefined ? undefined : await this.#create(spec));
    if (id === undefined) throw new TypeError(`expected a container or the means to make one, got neither: ${service}`);
    await this.#untilDependencies(service, stop);
    const begunMs = clock.monotonicMs();
    if (there?.state === 'paused') await engine.unpause(id);
    else await engine.start(id);
    await untilReady({ engine, clock, id, service, signal: stop }, START_MS_MAX);
    onStep({ step: `${service} healthy`, elapsedMs: Math.round(clock.monotonicMs() - begunMs) });
    return id;
  }

  async #create(spec: ContainerSpec): Promise<string> {
    const id = await this.#options.engine.createContainer(spec, this.#networks);
    this.#made.containers.push(id);
    return id;
  }

  async #untilDependencies(service: string, stop: AbortSignal): Promise<void> {
    const dependencies = Object.keys(this.#options.topology.compose.services[service]?.depends_on ?? {});
    await Promise.all(dependencies.map((on) => this.#healthy.get(on)));
    stop.throwIfAborted();
  }
}
