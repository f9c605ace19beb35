/** The options that say which world to start, shared by every command that starts one. */

import { type Command, Option } from 'commander';
import { InvalidInput } from '../../lab/errors.ts';
import { checkReadsLog, checkRunsTargets, checkTakesTargets } from '../../lab/scenarios/world-check.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import { chooseWorld, prepareWorld } from '../../lab/worlds/starts.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import { type Backend, EMBEDDED, STARTED_BACKENDS, type StartedBackend, worldKind } from '../../lab/worlds/worlds.ts';
import type { CliEnvironment } from '../environment.ts';
import { COMPOSE_FILE, PROGRAM_TOPOLOGY, TARGETS_FOLDER } from '../program-files.ts';

export interface ClusterOptions {
  readonly compose: string;
  readonly project?: string;
}

export interface WorldOptions extends ClusterOptions {
  /** undefined: docker where an engine and every image are here. */
  readonly backend?: StartedBackend;
  readonly ports?: 'auto';
  readonly verbose?: boolean;
  /** Targets for all regions, or `region=target`. */
  readonly target?: readonly string[];
  readonly config?: string;
  /** A cache that the lab does not start may be one of them. */
  readonly takesLive?: boolean;
  readonly keep?: boolean;
  /** Of compose.yaml, whose services are started, too. */
  readonly profile?: readonly string[];
}

/** Which cluster: for commands that only know Docker. */
export function addClusterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--compose <file>', 'the topology').default(COMPOSE_FILE, 'the file that comes with the program').env('EDGESYNC_COMPOSE'),
    )
    .addOption(new Option('--project <name>', 'the name of the cluster, instead of the name in the topology').env('EDGESYNC_PROJECT'));
}

export function portsOption(): Option {
  return new Option('--ports <which>', 'auto: take free ports and print them').choices(['auto']).env('EDGESYNC_PORTS');
}

export const CONFIG_ABOUT = 'a configuration of your own under the target, such as my.vcl; its backend is replaced';

export function addWorldOptions(command: Command, backends: readonly Backend[] = STARTED_BACKENDS): Command {
  return addClusterOptions(command)
    .addOption(
      new Option('--backend <world>', 'where the services run; if left out: docker if an engine and every image are here, else embedded')
        .choices(backends)
        .env('EDGESYNC_BACKEND'),
    )
    .addOption(portsOption())
    .addOption(
      new Option(
        '--target <cache>',
        'a cache of others in every region, or in one: varnish, eu-west=squid, my-cache.yaml (embedded; run also takes live targets)',
      )
        .argParser(wordsOf)
        .env('EDGESYNC_TARGET'),
    )
    .addOption(new Option('--config <file>', CONFIG_ABOUT).env('EDGESYNC_CONFIG'))
    .addOption(new Option('--verbose', 'let the services of the embedded world log to standard error').env('EDGESYNC_VERBOSE'));
}

/** For commands that end with their world. */
export function addKeepOption(command: Command): Command {
  return command.addOption(new Option('--keep', 'docker: leave the cluster running').env('EDGESYNC_KEEP'));
}

/** Bad configuration ends here, before anything starts. Throws InvalidInput. */
export async function readWorldTopology(options: WorldOptions, { variables }: CliEnvironment): Promise<Topology> {
  const { compose, project, ports, profile, target, takesLive, config } = options;
  // With it comes what reads YAML: not before the first frame.
  const { readTopology } = await import('../../lab/topology/topology.ts');
  const topology = await readTopology({
    file: compose,
    program: PROGRAM_TOPOLOGY,
    environment: variables,
    project,
    freePorts: ports === 'auto',
    profiles: profile ?? [],
  });
  if (target === undefined) {
    if (config !== undefined) throw new InvalidInput('--config: expected --target too, with the cache that the configuration is for');
    return topology;
  }
  const { withTargets } = await import('../../lab/targets/assign.ts');
  return withTargets(topology, { words: target, folder: TARGETS_FOLDER, variables, takesLive, config });
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
  const able = options.target === undefined ? undefined : EMBEDDED;
  const resolved = options.backend ?? able ?? (await chooseWorld(topology, environment.variables, note));
  if (options.target !== undefined) checkTakesTargets(resolved);
  else if (hasTargets(topology)) checkRunsTargets(resolved);
  checkReadsLog(resolved, topology.regions);
  if (!worldKind(resolved).outlivesLab) refuseKeep(options);
  return resolved;
}

function hasTargets({ regions }: Topology): boolean {
  return regions.some(({ target }) => target !== undefined);
}

/** One after another, or several in one word with commas, as a variable of the environment has them. */
export function wordsOf(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(/[\s,]+/).filter((word) => word !== '')];
}

/** For worlds that end with the lab and have no containers. Throws InvalidInput. */
export function refuseKeep({ keep, profile = [] }: Pick<WorldOptions, 'keep' | 'profile'>): void {
  if (keep) throw new InvalidInput('--keep: the embedded world ends with the lab; only docker can be kept');
  if (profile.length > 0)
    throw new InvalidInput(`--profile ${profile.join(' ')}: the embedded world has no profiles; use --backend docker`);
}

export interface StartWorldOptions {
  readonly options: WorldOptions;
  readonly backend: Backend;
  readonly topology: Topology;
  readonly environment: CliEnvironment;
  readonly onStep: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Takes what embedded services log. They do not write it themselves: they would wait for whoever reads it. */
  readonly onLogLine: (line: string) => void;
  /** A known bug to start with, by its name. */
  readonly mutant?: string | undefined;
}

export async function startWorld({ options, backend, environment, onStep, signal, ...start }: StartWorldOptions): Promise<World> {
  const { keep, verbose } = options;
  const stage = await prepareWorld(backend, { ...start, variables: environment.variables, keep, verbose });
  return stage.startWorld(onStep, signal);
}
