/** The options that say which world to start, shared by every command that starts one. */
import { type Command, Option } from 'commander';
import { readTopology } from '../../lab/topology.ts';
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

export interface StartWorldOptions {
  readonly options: WorldOptions;
  readonly environment: CliEnvironment;
  readonly onStep: (step: StartStep) => void;
  readonly signal: AbortSignal;
}

/** Reads the topology first, so that bad configuration ends before anything starts. */
export async function startWorld({ options, environment, onStep, signal }: StartWorldOptions): Promise<World> {
  const topology = await readTopology({ file: options.compose, environment: environment.variables, freePorts: options.ports === 'auto' });
  return startEmbedded({ topology, onStep, signal, logLevel: options.verbose ? 'info' : 'error' });
}
