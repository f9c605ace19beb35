/** Docker worlds for tests: the one cluster that they share, and clusters of their own under other names. */
import { fileURLToPath } from 'node:url';
import type { TestCluster } from '../../../vitest-context.d.ts';
import type { Variables } from '../../topology/compose-file.ts';
import { readTopology } from '../../topology/topology.ts';
import { type DockerWorld, startDocker } from '../docker/docker.ts';
import type { StartStep } from '../world.ts';
import { type TestWorld, withClients } from './embedded-kit.ts';

export const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

export interface DockerTestWorld extends TestWorld {
  readonly world: DockerWorld;
}

export interface StartTestWorldOptions {
  readonly cluster: TestCluster;
  /** Of another cluster than the shared one. */
  readonly suffix?: string;
  /** Leave it running for the next file. */
  readonly keep?: boolean;
  readonly file?: string;
  readonly environment?: Variables;
  readonly freePorts?: boolean;
  /** What belongs to these is started, too. */
  readonly profiles?: readonly string[];
  readonly onStep?: (step: StartStep) => void;
  readonly signal?: AbortSignal;
}

export function variablesOf({ state }: TestCluster): Variables {
  return { ...process.env, XDG_STATE_HOME: state };
}

export async function startDockerWorld(options: StartTestWorldOptions): Promise<DockerTestWorld> {
  const { cluster, suffix = '', file = COMPOSE, environment = process.env, freePorts = true, profiles, onStep = () => {} } = options;
  const topology = await readTopology({ file, environment, freePorts, profiles: profiles ?? [], project: `${cluster.project}${suffix}` });
  const world = await startDocker({ topology, variables: variablesOf(cluster), onStep, signal: options.signal, keep: options.keep });
  return withClients(world);
}

/** The shared one: brought up by who comes first, removed after the last. */
export function startSharedWorld(cluster: TestCluster): Promise<DockerTestWorld> {
  return startDockerWorld({ cluster, keep: true });
}
