/**
 * The Docker engine, in our words: the only file that knows dockerode. Imported when a docker world is asked for and
 * not before, for loading it takes longer than everything else together.
 *
 * Whatever the engine refuses, or does not answer in time, is a WorldFailed with its own words, made printable, and
 * what was asked.
 */
import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import { pack } from 'tar-fs';
import { type Clock, systemClock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { Variables } from '../../topology/compose-file.ts';
import type { ContainerSpec, NetworkSpec } from './container-spec.ts';
import { type EngineAddress, findEngineAddress, shownAddress } from './engine-address.ts';
import { absenceOf, isStatus } from './engine-errors.ts';
import {
  type ContainerFacts,
  type Endpoint,
  type EngineFacts,
  type Executed,
  type ImageFacts,
  linesOf,
  type NetworkFacts,
  toFacts,
} from './engine-facts.ts';
import { type BuildOptions, toCreateOptions } from './engine-options.ts';
import { EngineRequests } from './engine-requests.ts';
import { followEvents, followProgress, outputOf } from './engine-streams.ts';
import { LABELS } from './labels.ts';
import { tarOf } from './tar.ts';

const PING_MS_MAX = 1_000;
/** Until the first word of progress: by then a registry was asked, or a whole folder was taken. */
const PROGRESS_MS_MAX = 300_000;
/**
 * A probe waits for what a slow link may take; a command that is silent for longer is in a container that was paused
 * meanwhile, or in none.
 */
const EXEC_MS_MAX = 300_000;
const LOG_LINES = 20;

export class Engine {
  readonly #docker: Docker;
  readonly #requests: EngineRequests;
  readonly address: EngineAddress;

  private constructor(address: EngineAddress, clock: Clock) {
    this.address = address;
    this.#docker = new Docker(address);
    this.#requests = new EngineRequests(clock);
  }

  /** Throws WorldFailed with the remedy when none answers within a second. */
  static async connect(variables: Variables, clock: Clock = systemClock): Promise<Engine> {
    const address = await findEngineAddress(variables);
    if (address === undefined) throw new WorldFailed(absenceOf(undefined, undefined));
    const engine = new Engine(address, clock);
    const overdue = Promise.withResolvers<never>();
    const timer = clock.setTimer(PING_MS_MAX, () => overdue.reject(new Error('no answer')));
    try {
      await Promise.race([engine.#docker.ping(), overdue.promise]);
      return engine;
    } catch (error) {
      throw new WorldFailed(absenceOf(shownAddress(address), error));
    } finally {
      timer.cancel();
    }
  }

  async facts(): Promise<EngineFacts> {
    const info: { ServerVersion: string; MemTotal: number } = await this.#requests.ask('info', this.#docker.info());
    const { ApiVersion: apiVersion } = await this.#requests.ask('version', this.#docker.version());
    return { version: info.ServerVersion, apiVersion, memoryBytes: info.MemTotal };
  }

  /** undefined when it is not there. */
  async image(name: string): Promise<ImageFacts | undefined> {
    const found = await this.#requests.askUnless(404, `image ${name}`, this.#docker.getImage(name).inspect());
    return found && { id: found.Id, standIn: found.Config.Labels?.[LABELS.standIn], bundle: found.Config.Labels?.[LABELS.bundle] };
  }

  /** `onProgress` hears a line now and then. */
  async pull(name: string, onProgress: (line: string) => void): Promise<void> {
    const asked = `pull ${name}`;
    const stream = await this.#requests.ask(asked, this.#docker.pull(name), PROGRESS_MS_MAX);
    await followProgress({ modem: this.#docker.modem, asked, stream, onProgress });
  }

  async build({ tag, folder, args, onProgress }: BuildOptions): Promise<void> {
    const asked = `build ${tag}`;
    const options = { t: tag, buildargs: { ...args }, rm: true, forcerm: true };
    const building = this.#docker.buildImage(pack(folder).pipe(new PassThrough()), options);
    const stream = await this.#requests.ask(asked, building, PROGRESS_MS_MAX);
    await followProgress({ modem: this.#docker.modem, asked, stream, onProgress });
  }

  /** Those of one project, stopped ones too; what is gone by the time it is looked at is left out. */
  async containers(project: string): Promise<readonly ContainerFacts[]> {
    const filters = { label: [`${LABELS.project}=${project}`, `${LABELS.oneOff}=False`] };
    const listed = await this.#requests.ask('list containers', this.#docker.listContainers({ all: true, filters }));
    const found = await Promise.all(listed.map(({ Id }) => this.container(Id)));
    return found.filter((one) => one !== undefined);
  }

  /** undefined when it is not there. */
  async container(id: string): Promise<ContainerFacts | undefined> {
    const found = await this.#requests.askUnless(404, `container ${id}`, this.#docker.getContainer(id).inspect());
    return found && toFacts(found);
  }

  async networks(project: string): Promise<readonly NetworkFacts[]> {
    const filters = { label: [`${LABELS.project}=${project}`] };
    const listed = await this.#requests.ask('list networks', this.#docker.listNetworks({ filters }));
    return Promise.all(
      listed.map(async ({ Id, Name, Labels = {} }) => ({
        id: Id,
        name: Name,
        network: Labels[LABELS.network] ?? '',
        isOurs: LABELS.ours in Labels,
      })),
    );
  }

  /**
   * Its subnet is one that the engine found free, asked for by name: only in such a network may a container be given
   * the address it had before.
   */
  async createNetwork({ name, isInternal, labels }: NetworkSpec): Promise<string> {
    const asked = `network ${name}`;
    const options = { Name: name, CheckDuplicate: true, Driver: 'bridge', Internal: isInternal, Labels: { ...labels } };
    const found = await this.#requests.ask(asked, this.#docker.createNetwork(options));
    const { IPAM } = await this.#requests.ask(asked, found.inspect());
    await this.#requests.ask(asked, found.remove());
    const network = await this.#requests.ask(asked, this.#docker.createNetwork({ ...options, IPAM }));
    return network.id;
  }

  /**
   * An engine may hold on to the endpoint of a container that it has removed: the endpoint is taken off, and the
   * network removed then.
   */
  async removeNetwork(id: string): Promise<void> {
    const remove = () => this.#requests.askUnless(404, `remove network ${id}`, this.#docker.getNetwork(id).remove());
    await remove().catch(async (error: unknown) => {
      const isHeld = error instanceof WorldFailed && isStatus(error.cause, 403);
      if (!isHeld || (await this.#isUsed(id))) throw error;
      await remove();
    });
  }

  /** Whether a container that is there is in the network. What is left of those that are gone is taken off. */
  async #isUsed(networkId: string): Promise<boolean> {
    const found = await this.#requests.askUnless(404, `network ${networkId}`, this.#docker.getNetwork(networkId).inspect());
    const endpoints: readonly [string, { readonly Name: string }][] = Object.entries(found?.Containers ?? {});
    let isUsed = false;
    for (const [container, { Name }] of endpoints) {
      if (await this.container(container)) isUsed = true;
      else await this.disconnect(networkId, Name).catch(() => {});
    }
    return isUsed;
  }

  async disconnect(networkId: string, container: string): Promise<void> {
    await this.#requests.ask('disconnect', this.#docker.getNetwork(networkId).disconnect({ Container: container, Force: true }));
  }

  /** With the address it had before, unless another has taken that since. */
  async connect(container: string, { networkId, address, aliases }: Endpoint): Promise<void> {
    const network = this.#docker.getNetwork(networkId);
    const attempt = (config: object) => network.connect({ Container: container, EndpointConfig: { Aliases: [...aliases], ...config } });
    const asBefore = address === '' ? Promise.reject(new Error('no address')) : attempt({ IPAMConfig: { IPv4Address: address } });
    await this.#requests.ask(
      'connect',
      asBefore.catch(() => attempt({})),
    );
  }

  /** Created with its files in it, not started. `networkNames` by the names of the file. Answers its id. */
  async createContainer(spec: ContainerSpec, networkNames: ReadonlyMap<string, string>): Promise<string> {
    const asked = `container ${spec.name}`;
    const container = await this.#requests.ask(asked, this.#docker.createContainer(toCreateOptions(spec, networkNames)));
    for (const file of spec.files) await this.#requests.ask(asked, container.putArchive(tarOf(file), { path: '/' }));
    for (const network of spec.networks.slice(1))
      await this.#requests.ask(
        asked,
        this.#docker
          .getNetwork(networkNames.get(network) ?? network)
          .connect({ Container: container.id, EndpointConfig: { Aliases: [...spec.aliases] } }),
      );
    return container.id;
  }

  /** With its anonymous volumes, at once, whatever its state. */
  async removeContainer(id: string): Promise<void> {
    const container = this.#docker.getContainer(id);
    await this.#requests.ask('unpause', container.unpause()).catch(() => {});
    await this.#requests.askUnless(404, 'remove container', container.remove({ force: true, v: true }));
  }

  /** Named volumes of the project; anonymous ones went with their containers. Answers how many. */
  async removeVolumes(project: string): Promise<number> {
    const { Volumes } = await this.#requests.ask(
      'list volumes',
      this.#docker.listVolumes({ filters: { label: [`${LABELS.project}=${project}`] } }),
    );
    for (const { Name } of Volumes) await this.#requests.ask(`remove volume ${Name}`, this.#docker.getVolume(Name).remove());
    return Volumes.length;
  }

  async start(id: string): Promise<void> {
    await this.#requests.askUnless(304, 'start', this.#docker.getContainer(id).start());
  }

  async pause(id: string): Promise<void> {
    await this.#requests.ask('pause', this.#docker.getContainer(id).pause());
  }

  async unpause(id: string): Promise<void> {
    await this.#requests.ask('unpause', this.#docker.getContainer(id).unpause());
  }

  /** SIGKILL; resolves when it is stopped. */
  async kill(id: string): Promise<void> {
    const container = this.#docker.getContainer(id);
    const stopped = container.wait();
    // When the kill fails, nobody waits for it any more.
    stopped.catch(() => {});
    await this.#requests.askUnless(409, 'kill', container.kill({ signal: 'SIGKILL' }));
    await this.#requests.ask('wait', stopped);
  }

  /** Its last lines. */
  async logs(id: string): Promise<readonly string[]> {
    const options = { stdout: true, stderr: true, tail: LOG_LINES, follow: false } as const;
    return linesOf(await this.#requests.ask('logs', this.#docker.getContainer(id).logs(options)));
  }

  /** Runs a command in a running container. `onOutput` hears what it has said so far. */
  async execute(id: string, command: readonly string[], onOutput: (output: string) => void = () => {}): Promise<Executed> {
    const options = { Cmd: [...command], AttachStdout: true, AttachStderr: true };
    const exec = await this.#requests.ask('exec', this.#docker.getContainer(id).exec(options));
    const stream = await this.#requests.ask('exec', exec.start({ Detach: false, Tty: false }));
    const said = outputOf({ modem: this.#docker.modem, stream, onOutput });
    const output = await this.#requests.ask('exec', said, EXEC_MS_MAX).finally(() => stream.destroy());
    const { ExitCode } = await this.#requests.ask('exec', exec.inspect());
    return { exitCode: ExitCode ?? -1, output };
  }

  /**
   * Tells of each container of the project that ends; `onGone` when the engine itself does. Answers how to stop
   * listening.
   */
  async watchEnds(project: string, onEnd: (containerId: string) => void, onGone: () => void): Promise<() => void> {
    const filters = { type: ['container'], event: ['die'], label: [`${LABELS.project}=${project}`] };
    const stream = await this.#requests.ask('events', this.#docker.getEvents({ filters: JSON.stringify(filters) }));
    return followEvents(stream, onEnd, onGone);
  }
}
