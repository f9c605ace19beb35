/** The options that say which world to start, shared by every command that starts one. */
import { type Command, Option } from 'commander';
import { InvalidInput } from '../../lab/errors.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { Backend, StartStep, World } from '../../lab/worlds/world.ts';
import type { CliEnvironment } from '../environment.ts';
import { COMPOSE_FILE } from '../program-files.ts';

/** Worlds in real time, which every command with a world can start. */
export type StartedBackend = 'docker' | 'embedded';
const STARTED_BACKENDS: readonly StartedBackend[] = ['docker', 'embedded'];

export interface ClusterOptions {
  readonly compose: string;
  readonly project?: string;
}

export interface WorldOptions extends ClusterOptions {
  /** undefined: docker where an engine and every image are here. */
  readonly backend?: StartedBackend;
  readonly ports?: 'auto';
  readonly verbose?: boolean;
  readonly keep?: boolean;
  /** Of compose.yaml, whose services are started, too. */
  readonly profile?: readonly string[];
}

/** Which cluster: for commands that only know Docker. */
export function addClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--compose <file>', 'the topology').default(COMPOSE_FILE, 'the one that comes with the program').env('EDGESYNC_COMPOSE'),
    )
    .addOption(new Option('--project <name>', 'of the cluster, instead of the name in the topology').env('EDGESYNC_PROJECT'));
}

export function addWorldOptions(command: Command, backends: readonly Backend[] = STARTED_BACKENDS): Command {
  return addClusterOptions(command)
    .addOption(
      new Option('--backend <world>', 'where the services run: docker where an engine and every image are here, else embedded')
        .choices(backends)
        .env('EDGESYNC_BACKEND'),
    )
    .addOption(new Option('--ports <which>', 'auto: take free ports and print them').choices(['auto']).env('EDGESYNC_PORTS'))
    .addOption(new Option('--verbose', 'the services of the embedded world log to standard error').env('EDGESYNC_VERBOSE'));
}

/** For commands that end with their world. */
export function addKeepOption(command: Command): Command {
  return command.addOption(new Option('--keep', 'docker: leave the cluster running').env('EDGESYNC_KEEP'));
}

/** Bad configuration ends here, before anything starts. Throws InvalidInput. */
export async function readWorldTopology(options: WorldOptions, { variables }: CliEnvironment): Promise<Topology> {
  const { compose, project, ports, profile } = options;
  // With it comes what reads YAML: not before the first frame.
  const { readTopology } = await import('../../lab/topology/topology.ts');
  return readTopology({ file: compose, environment: variables, project, freePorts: ports === 'auto', profiles: profile ?? [] });
}

export interface ResolveBackendOptions {
  readonly options: WorldOptions;
  readonly topology: Topology;
  readonly environment: CliEnvironment;
  /** Hears why it is not Docker. */
  readonly note: (text: string) => void;
}

/** The world that was asked for, else the best there is. Throws InvalidInput. */
export async function resolveBackend({ options, topology, environment, note }: ResolveBackendOptions): Promise<StartedBackend> {
  const resolved = options.backend ?? (await defaultBackend(topology, environment, note));
  if (resolved !== 'docker') refuseKeep(options);
  return resolved;
}

/** For worlds that end with the lab and have no containers. Throws InvalidInput. */
export function refuseKeep({ keep, profile = [] }: Pick<WorldOptions, 'keep' | 'profile'>): void {
  if (keep) throw new InvalidInput('--keep: the embedded world ends with the lab; only docker can be kept');
  if (profile.length > 0) throw new InvalidInput(`--profile ${profile.join(' ')}: the embedded world has none; use --backend docker`);
}

async function defaultBackend(topology: Topology, { variables }: CliEnvironment, note: (text: string) => void): Promise<StartedBackend> {
  // Loading it takes longer than the rest of the program together.
  const { examineDocker } = await import('../../lab/worlds/docker/examine.ts');
  const found = await examineDocker(topology, variables);
  if ('problem' in found) {
    note('the embedded world, for no Docker engine answers; with one: edgesync-lab up --backend docker');
    return 'embedded';
  }
  const missing = found.images.filter(({ isHere }) => !isHere).length;
  if (missing === 0 && found.memoryProblem === undefined) return 'docker';
  const why = missing === 0 ? found.memoryProblem : `${missing} of ${found.images.length} images are not here`;
  note(`the embedded world, for ${why}; to fetch and start the real one: edgesync-lab up --backend docker`);
  return 'embedded';
}

export interface StartWorldOptions {
  readonly options: WorldOptions;
  readonly backend: StartedBackend;
  readonly topology: Topology;
  readonly environment: CliEnvironment;
  readonly onStep: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Takes what embedded services log. They do not write it themselves: they would wait for whoever reads it. */
  readonly onLogLine: (line: string) => void;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
}

export async function startWorld({ options, backend, environment, mutant, ...start }: StartWorldOptions): Promise<World> {
  if (backend === 'embedded') {
    const { startEmbedded } = await import('../../lab/worlds/embedded/embedded.ts');
    return startEmbedded({ ...start, mutant, logLevel: options.verbose ? 'info' : 'error' });
  }
  const { startDocker } = await import('../../lab/worlds/docker/docker.ts');
  const { topology, onStep, signal } = start;
  return startDocker({ topology, variables: environment.variables, onStep, signal, keep: options.keep });
}
