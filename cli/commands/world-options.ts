/** The options that say which world to start, shared by every command that starts one. */
import { type Command, Option } from 'commander';
import { readTopology, type Topology } from '../../lab/topology.ts';
import { startEmbedded } from '../../lab/worlds/embedded/embedded.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import type { CliEnvironment } from '../environment.ts';
import { COMPOSE_FILE } from '../program-files.ts';

export interface WorldOptions {
  readonly backend: 'embedded';
  readonly compose: string;
  readonly ports?: 'auto';
  readonly verbose?: boolean;
}

export function addWorldOptions(command: Command): Command {
  return command
    .addOption(new Option('--backend <world>', 'where the services run').choices(['embedded']).default('embedded').env('EDGESYNC_BACKEND'))
    .addOption(
      new Option('--compose <file>', 'the topology').default(COMPOSE_FILE, 'the one that comes with the program').env('EDGESYNC_COMPOSE'),
    )
    .addOption(new Option('--ports <which>', 'auto: take free ports and print them').choices(['auto']).env('EDGESYNC_PORTS'))
    .addOption(new Option('--verbose', 'the services log to standard error').env('EDGESYNC_VERBOSE'));
}

/** Bad configuration ends here, before anything starts. Throws InvalidInput. */
export function readWorldTopology({ compose, ports }: WorldOptions, environment: CliEnvironment): Promise<Topology> {
  return readTopology({ file: compose, environment: environment.variables, freePorts: ports === 'auto' });
}

export interface StartWorldOptions {
  readonly options: WorldOptions;
  readonly topology: Topology;
  readonly onStep: (step: StartStep) => void;
  readonly signal: AbortSignal;
  /** Takes what the services log; left out, it goes to standard error. */
  readonly onLogLine?: (line: string) => void;
}

export function startWorld({ options, ...start }: StartWorldOptions): Promise<World> {
  return startEmbedded({ ...start, logLevel: options.verbose ? 'info' : 'error' });
}
