/**
 * Origin, log, caches and edges in this process: the same code as in containers, over stores in memory, wired so that
 * it can be broken. What kind of time, chance, sockets and database they get is the world's (`Hosting`).
 */
import { type EdgeConfig, readEdgeConfig } from '../../../services/edge/config.ts';
import { ORIGIN_SETTINGS, type OriginConfig } from '../../../services/origin/config.ts';
import { ConfigError, readConfig } from '../../../services/runtime/config.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import { MEMBER_MARK } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import type { Environment } from '../../topology/topology.ts';
import type { StartStep, WorldRegion } from '../world.ts';
import { HostControl } from './control.ts';
import type { Hosting } from './hosting.ts';
import { launchOrigin, launchRegion, type Shared } from './launch.ts';
import { type LaunchedTarget, launchTarget } from './launch-target.ts';
import { LogDamages } from './log-damages.ts';
import { ServerNode } from './nodes.ts';

export interface HostedRegion {
  readonly region: string;
  readonly environment: Environment;
  /** How many edges of ours share its cache. Left out: one. */
  readonly members?: number | undefined;
  /** Left out: an edge of ours. */
  readonly target?: HostedTarget | undefined;
  /** In place of either: how what stands there is launched. Of a world in this process. */
  readonly launch?: (configured: EdgeConfig, shared: Shared) => Promise<LaunchedTarget>;
}

export interface HostedServices {
  readonly originPort: number;
  /** By region; of a further edge of one as its node is named: `eu-west/2`. */
  readonly edgePorts: Readonly<Record<string, number>>;
  /** Of the regions whose cache is not ours. */
  readonly purgerPorts: Readonly<Record<string, number>>;
  readonly control: HostControl;
  close(): Promise<void>;
}

export interface StartOrder {
  readonly originEnvironment: Environment;
  readonly regions: readonly HostedRegion[];
}

/** Every service's configuration, read before anything starts. Throws one ConfigError that names each service. */
export function readConfigs({ originEnvironment, regions }: StartOrder): { origin: OriginConfig; edges: readonly EdgeConfig[] } {
  const problems: string[] = [];
  const attempt = <T>(service: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems.map((problem) => `${service}: ${problem}`));
      return undefined;
    }
  };
  const origin = attempt('origin', () => readConfig(ORIGIN_SETTINGS, originEnvironment));
  const edges = regions.map(({ region, environment }) => attempt(`edge-${region}`, () => readEdgeConfig(environment)));
  if (problems.length > 0 || origin === undefined) throw new ConfigError(problems);
  return { origin, edges: edges.filter((edge) => edge !== undefined) };
}

export function startServices(order: StartOrder, hosting: Hosting, onStep: (step: StartStep) => void): Promise<HostedServices> {
  const { clock } = hosting;
  const configs = readConfigs(order);
  return withReleasers(async (releasers) => {
    const timed = async <T>(step: string, run: () => Promise<T>): Promise<T> => {
      const startedAt = clock.monotonicMs();
      const result = await run();
      onStep({ step, elapsedMs: Math.round(clock.monotonicMs() - startedAt) });
      return result;
    };
    const opened = hosting.openLog();
    const damages = new LogDamages({ server: opened.server, random: hosting.random.fork('another log') });
    const log = damages.on(opened.log);
    releasers.push(() => log.close());
    const shared: Shared = {
      log,
      kafka: new ServerNode({ damages }),
      control: new HostControl(),
      releasers,
      hosting,
    };
    shared.control.addNode('kafka', shared.kafka);
    const database = await timed('postgres ready', () => hosting.openDatabase());
    releasers.push(() => database.close());
    const origin = await timed('origin listening', () => launchOrigin(configs.origin, database, shared));
    const edgePorts: Record<string, number> = {};
    const purgerPorts: Record<string, number> = {};
    for (const config of configs.edges) {
      const [name, configured] = [config.REGION_NAME, { ...config, ORIGIN_URL: hosting.baseUrlOf(origin.port) }];
      const { target, launch, members = 1 } = order.regions.find(({ region }) => region === name) ?? {};
      if (launch !== undefined)
        purgerPorts[name] = (await timed(`purger of ${name} listening`, () => launch(configured, shared))).purgerPort;
      else if (target === undefined)
        Object.assign(edgePorts, await timed(`edge ${name} listening`, () => launchRegion(configured, members, shared)));
      else {
        const { port, purgerPort } = await timed(`${target.name} of ${name} serving`, () => launchTarget(configured, target, shared));
        edgePorts[name] = port;
        purgerPorts[name] = purgerPort;
      }
    }
    return { originPort: origin.port, edgePorts, purgerPorts, control: shared.control, close: () => releasers.release() };
  });
}

/** Where the further edges of a region are. */
export function othersOf(region: string, members = 1, urlOf: (name: string) => string): Pick<WorldRegion, 'others'> {
  if (members === 1) return {};
  return { others: Array.from({ length: members - 1 }, (_, at) => urlOf(`${region}${MEMBER_MARK}${at + 2}`)) };
}
