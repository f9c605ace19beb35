/**
 * Origin, log, caches and edges in this process: the same code as in containers, over stores in memory, wired so that it can be
 * broken. What kind of time, chance, sockets and database they get is the world's (`Hosting`).
 */
import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import { EDGE_SETTINGS, type EdgeConfig } from '../../../services/edge/config.ts';
import { createEdge, markRetentionMsOf } from '../../../services/edge/edge.ts';
import type { Latencies } from '../../../services/edge/latencies.ts';
import type { OriginClient } from '../../../services/edge/origin-client.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import type { MemoryLog } from '../../../services/log/memory.ts';
import { ORIGIN_SETTINGS, type OriginConfig } from '../../../services/origin/config.ts';
import type { Database } from '../../../services/origin/database/database.ts';
import { createOrigin } from '../../../services/origin/origin.ts';
import type { EdgeConfig as EdgeSettings } from '../../../services/protocol/edge-api.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { ConfigError, readConfig } from '../../../services/runtime/config.ts';
import type { HttpServer, HttpServiceOptions, Route } from '../../../services/runtime/http.ts';
import type { LatenessMeter } from '../../../services/runtime/lateness.ts';
import type { Logger, LogLevel } from '../../../services/runtime/log.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { type Releasers, withReleasers } from '../../../services/runtime/releasers.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { LinkKind, NodeName } from '../../system/parts.ts';
import type { Environment } from '../../topology/topology.ts';
import type { Gate } from '../wires/gate.ts';
import { Wire } from '../wires/wire.ts';
import { WiredCache } from '../wires/wired-cache.ts';
import { WiredDatabase } from '../wires/wired-database.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { WiredOriginClient } from '../wires/wired-origin-client.ts';
import type { StartStep } from '../world.ts';
import { CacheDamages } from './cache-damages.ts';
import { HostControl } from './control.ts';
import { LogDamages } from './log-damages.ts';
import { type LaunchOptions, type ProcessLife, ProcessNode, ServerNode } from './nodes.ts';
import { type Skews, skewedClock } from './skewed-clock.ts';

export interface HostedRegion {
  readonly region: string;
  readonly environment: Environment;
}

/** What a world gives the services it hosts. */
export interface Hosting {
  readonly clock: Clock;
  /** Whose clocks are not that one, and how they differ. */
  readonly skews?: Skews;
  readonly random: Random;
  readonly openDatabase: () => Promise<Database>;
  /** The log that everybody has, and the server behind it. */
  readonly openLog: () => { readonly log: InvalidationLog; readonly server: MemoryLog };
  readonly createLogger: (service: string, level: LogLevel) => Logger;
  readonly serve: (options: HttpServiceOptions & { readonly port: number; readonly host: string }) => Promise<HttpServer>;
  readonly baseUrlOf: (port: number) => string;
  readonly createOriginClient: (baseUrl: string) => OriginClient;
  /** Draws what one direction of a link takes that nothing impairs, in ms. Left out: nothing. */
  readonly latency?: (kind: LinkKind, random: Random) => () => number;
  /** For each life of each edge. Left out: histograms. */
  readonly createLatencies?: () => Latencies;
  /** Of the process that all of them run in. Left out: in virtual time nothing is late. */
  readonly lateness?: LatenessMeter | undefined;
  readonly mutant?: Mutant | undefined;
}

export interface HostedServices {
  readonly originPort: number;
  readonly edgePorts: Readonly<Record<string, number>>;
  readonly control: HostControl;
  close(): Promise<void>;
}

export interface StartOrder {
  readonly originEnvironment: Environment;
  readonly regions: readonly HostedRegion[];
}

/** Every service's configuration, read before anything starts. Throws one ConfigError that names each service. */
function readConfigs({ originEnvironment, regions }: StartOrder): { origin: OriginConfig; edges: readonly EdgeConfig[] } {
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
  const edges = regions.map(({ region, environment }) => attempt(`edge-${region}`, () => readConfig(EDGE_SETTINGS, environment)));
  if (problems.length > 0 || origin === undefined) throw new ConfigError(problems);
  return { origin, edges: edges.filter((edge) => edge !== undefined) };
}

/** What every service is made with. */
interface Shared {
  readonly log: InvalidationLog;
  readonly kafka: ServerNode;
  readonly control: HostControl;
  readonly releasers: Releasers;
  readonly hosting: Hosting;
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
    const shared: Shared = { log, kafka: new ServerNode({ damages }), control: new HostControl(), releasers, hosting };
    shared.control.addNode('kafka', shared.kafka);
    const database = await timed('postgres ready', () => hosting.openDatabase());
    releasers.push(() => database.close());
    const origin = await timed('origin listening', () => launchOrigin(configs.origin, database, shared));
    const edgePorts: Record<string, number> = {};
    for (const config of configs.edges) {
      edgePorts[config.REGION_NAME] = await timed(`edge ${config.REGION_NAME} listening`, () =>
        launchEdge({ ...config, ORIGIN_URL: hosting.baseUrlOf(origin.port) }, shared),
      );
    }
    return { originPort: origin.port, edgePorts, control: shared.control, close: () => releasers.release() };
  });
}

/** As on the machine that this node would be on. */
export function clockAt(node: NodeName, { clock, skews = {} }: Pick<Hosting, 'clock' | 'skews'>): Clock {
  const skew = skews[node];
  return skew === undefined ? clock : skewedClock(clock, skew);
}

/** A wire of one link, with a stream of chance of its own. */
function layWire({ clock, random, latency }: Hosting, kind: LinkKind, caller: NodeName, callee: Gate): Wire {
  const own = random.fork(`${kind} ${caller}`);
  return new Wire({ clock, random: own, callee, ...(latency === undefined ? {} : { drawLatencyMs: latency(kind, own) }) });
}

async function launchOrigin(
  config: OriginConfig,
  database: Database,
  { log, kafka, control, releasers, hosting }: Shared,
): Promise<ProcessNode> {
  const postgres = new ServerNode();
  const toKafka = layWire(hosting, 'origin-kafka', 'origin', kafka.gate);
  const toPostgres = layWire(hosting, 'origin-postgres', 'origin', postgres.gate);
  const logger = hosting.createLogger('origin', config.LOG_LEVEL);
  const random = hosting.random.fork('origin');
  const node = await ProcessNode.launch(clockAt('origin', hosting), config.PORT, async ({ gate, clock, port }) => {
    const wired = {
      database: new WiredDatabase({ database, wire: toPostgres, caller: gate, callee: postgres.gate }),
      log: new WiredLog({ log, wire: toKafka, caller: gate, clock }),
    };
    const ports = hosting.mutant?.origin?.(wired, { clock }) ?? wired;
    const parts = await createOrigin({ ...ports, clock, random, logger, lateness: hosting.lateness });
    return serveGated({ parts, gate, port, config, logger, serve: hosting.serve, disconnect: async () => {} });
  });
  releasers.push(() => node.close());
  control.addNode('postgres', postgres);
  control.addNode('origin', node);
  control.addLink({ caller: 'origin', callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: 'origin', callee: 'postgres' }, toPostgres, async () => {
    if (!(await database.connected())) throw new Error('the database does not answer');
  });
  return node;
}

async function launchEdge(configured: EdgeConfig, { log, kafka, control, releasers, hosting }: Shared): Promise<number> {
  const region = configured.REGION_NAME;
  const edge: NodeName = `edge:${region}`;
  // A cache has no clock of its own: it is told the time by its edge.
  const ownClock = clockAt(edge, hosting);
  const serverOptions = {
    clock: ownClock,
    random: hosting.random.fork(`redis:${region}`),
    markRetentionMs: markRetentionMsOf(configured),
  };
  const cacheServer = hosting.mutant?.cacheServer?.(serverOptions) ?? new MemoryCacheServer(serverOptions);
  const damages = new CacheDamages(cacheServer);
  const redis = new ServerNode({ onStart: () => cacheServer.restart(), damages });
  const toCache = layWire(hosting, 'edge-redis', edge, redis.gate);
  const toKafka = layWire(hosting, 'edge-kafka', edge, kafka.gate);
  // The origin's own sockets refuse and hang: the wire only adds what happens on the way.
  const toOrigin = layWire(hosting, 'edge-origin', edge, new ServerNode().gate);
  const logger = hosting.createLogger(`edge-${region}`, configured.LOG_LEVEL);
  const node = await ProcessNode.launch(ownClock, configured.EDGE_PORT, async ({ gate, clock, port, settings }) => {
    const config = withSettings(configured, settings);
    const wired = {
      cache: new WiredCache({ cache: damages.on(new MemoryCache(cacheServer)), wire: toCache, caller: gate }),
      log: new WiredLog({ log, wire: toKafka, caller: gate, clock }),
      origin: new WiredOriginClient({ origin: hosting.createOriginClient(config.ORIGIN_URL), wire: toOrigin, caller: gate }),
    };
    const ports = hosting.mutant?.edge?.(wired, { config, clock }) ?? wired;
    const latencies = hosting.createLatencies && { latencies: hosting.createLatencies() };
    const parts = createEdge(config, { ...ports, clock, logger, lateness: hosting.lateness, ...latencies });
    const disconnect = async () => {
      await wired.cache.close();
      await wired.origin.close();
    };
    const life = await serveGated({ parts, gate, port, config, logger, serve: hosting.serve, disconnect });
    parts.join();
    return life;
  });
  releasers.push(() => node.close());
  const probe = hosting.createOriginClient(configured.ORIGIN_URL);
  releasers.push(() => probe.close());
  control.addNode(edge, node);
  control.addNode(`redis:${region}`, redis);
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return node.port;
}

/** As if it had been configured so: it is never served, and applies nothing, with anything else. */
function withSettings(config: EdgeConfig, settings: EdgeSettings | undefined): EdgeConfig {
  if (settings === undefined) return config;
  return { ...config, PROPAGATION_DELAY: settings.propagationDelayMs, INVALIDATION_STRATEGY: settings.strategy };
}

interface ServeOptions {
  readonly parts: { readonly routes: readonly Route[]; close(): Promise<void> };
  readonly gate: Gate;
  readonly port: LaunchOptions['port'];
  readonly config: { readonly ALLOWED_HOSTS: readonly string[]; readonly BIND_ADDRESS: string };
  readonly logger: Logger;
  readonly serve: Hosting['serve'];
  /** Closes its connections to others. */
  readonly disconnect: () => Promise<void>;
}

/** Serves the routes as a process would that can be frozen: it takes requests and answers them when it goes on. */
async function serveGated({ parts, gate, port, config, logger, serve, disconnect }: ServeOptions): Promise<ProcessLife> {
  const routes = parts.routes.map((route) => ({
    ...route,
    handle: async (request: Parameters<Route['handle']>[0]) => {
      if (gate.state !== 'running') await gate.goesOn();
      const answer = await route.handle(request);
      if (gate.state !== 'running') await gate.goesOn();
      return answer;
    },
  }));
  const server = await serve({ routes, allowedHosts: config.ALLOWED_HOSTS, log: logger, port, host: config.BIND_ADDRESS });
  return {
    port: server.port,
    kill: async () => {
      await Promise.all([server.close(0), disconnect()]);
    },
    close: async () => {
      await server.close();
      await parts.close();
      await disconnect();
    },
  };
}
