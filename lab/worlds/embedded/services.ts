/** Origin, log, caches and edges in this process: the same code as in containers, over PGlite and memory, wired so that it can be broken. */

import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import { EDGE_SETTINGS, type EdgeConfig } from '../../../services/edge/config.ts';
import { createEdge, markRetentionMsOf } from '../../../services/edge/edge.ts';
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { ORIGIN_SETTINGS, type OriginConfig } from '../../../services/origin/config.ts';
import { PgliteDatabase } from '../../../services/origin/database/pglite.ts';
import { createOrigin } from '../../../services/origin/origin.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { ConfigError, readConfig } from '../../../services/runtime/config.ts';
import { type Route, serveHttp } from '../../../services/runtime/http.ts';
import { createLogger, type Logger } from '../../../services/runtime/log.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { type Releasers, withReleasers } from '../../../services/runtime/releasers.ts';
import type { Gate } from '../wires/gate.ts';
import { Wire } from '../wires/wire.ts';
import { WiredCache } from '../wires/wired-cache.ts';
import { WiredDatabase } from '../wires/wired-database.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { WiredOriginClient } from '../wires/wired-origin-client.ts';
import type { NodeName, StartStep } from '../world.ts';
import { HostControl } from './control.ts';
import type { ToHost } from './messages.ts';
import { type LaunchOptions, type ProcessLife, ProcessNode, ServerNode } from './nodes.ts';

export interface EmbeddedServices {
  readonly originPort: number;
  readonly edgePorts: Readonly<Record<string, number>>;
  readonly control: HostControl;
  close(): Promise<void>;
}

export type StartOrder = Omit<Extract<ToHost, { type: 'start' }>, 'type'>;

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
  readonly log: MemoryLog;
  readonly kafka: ServerNode;
  readonly control: HostControl;
  readonly releasers: Releasers;
}

export function startServices(order: StartOrder, onStep: (step: StartStep) => void): Promise<EmbeddedServices> {
  const configs = readConfigs(order);
  return withReleasers(async (releasers) => {
    const timed = async <T>(step: string, run: () => Promise<T>): Promise<T> => {
      const startedAt = clock.monotonicMs();
      const result = await run();
      onStep({ step, elapsedMs: Math.round(clock.monotonicMs() - startedAt) });
      return result;
    };
    const log = new MemoryLog({ clock, partitions: INVALIDATION_PARTITIONS });
    releasers.push(() => log.close());
    const shared: Shared = { log, kafka: new ServerNode(), control: new HostControl(), releasers };
    shared.control.addNode('kafka', shared.kafka);
    const database = await timed('postgres ready', () => PgliteDatabase.open({ dumpFile: order.dumpFile }));
    releasers.push(() => database.close());
    const origin = await timed('origin listening', () => launchOrigin(configs.origin, database, shared));
    const edgePorts: Record<string, number> = {};
    for (const config of configs.edges) {
      edgePorts[config.REGION_NAME] = await timed(`edge ${config.REGION_NAME} listening`, () =>
        launchEdge({ ...config, ORIGIN_URL: `http://127.0.0.1:${origin.port}` }, shared),
      );
    }
    return { originPort: origin.port, edgePorts, control: shared.control, close: () => releasers.release() };
  });
}

async function launchOrigin(
  config: OriginConfig,
  database: PgliteDatabase,
  { log, kafka, control, releasers }: Shared,
): Promise<ProcessNode> {
  const postgres = new ServerNode();
  const toKafka = new Wire({ clock, random, callee: kafka.gate });
  const toPostgres = new Wire({ clock, random, callee: postgres.gate });
  const logger = createLogger('origin', config.LOG_LEVEL);
  const node = await ProcessNode.launch(config.PORT, async ({ gate, clock: ownClock, port }) => {
    const ports = {
      database: new WiredDatabase({ database, wire: toPostgres, caller: gate, callee: postgres.gate }),
      log: new WiredLog({ log, wire: toKafka, caller: gate, clock: ownClock }),
      clock: ownClock,
      random,
      logger,
    };
    const parts = await createOrigin(ports);
    return serveGated({ parts, gate, port, config, logger, disconnect: async () => {} });
  });
  releasers.push(() => node.close());
  control.addNode('postgres', postgres);
  control.addNode('origin', node);
  control.addLink({ caller: 'origin', callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: 'origin', callee: 'postgres' }, toPostgres, () => database.query('SELECT 1'));
  return node;
}

async function launchEdge(config: EdgeConfig, { log, kafka, control, releasers }: Shared): Promise<number> {
  const region = config.REGION_NAME;
  const cacheServer = new MemoryCacheServer({ clock, random, markRetentionMs: markRetentionMsOf(config) });
  const redis = new ServerNode(() => cacheServer.restart());
  const toCache = new Wire({ clock, random, callee: redis.gate });
  const toKafka = new Wire({ clock, random, callee: kafka.gate });
  // The origin's own sockets refuse and hang: the wire only adds what happens on the way.
  const toOrigin = new Wire({ clock, random, callee: new ServerNode().gate });
  const logger = createLogger(`edge-${region}`, config.LOG_LEVEL);
  const node = await ProcessNode.launch(config.EDGE_PORT, async ({ gate, clock: ownClock, port }) => {
    const cache = new WiredCache({ cache: new MemoryCache(cacheServer), wire: toCache, caller: gate });
    const origin = new WiredOriginClient({ origin: new HttpOriginClient(config.ORIGIN_URL), wire: toOrigin, caller: gate });
    const parts = createEdge(config, {
      cache,
      log: new WiredLog({ log, wire: toKafka, caller: gate, clock: ownClock }),
      origin,
      clock: ownClock,
      logger,
    });
    const disconnect = async () => {
      await cache.close();
      await origin.close();
    };
    const life = await serveGated({ parts, gate, port, config, logger, disconnect });
    parts.join();
    return life;
  });
  releasers.push(() => node.close());
  const probe = new HttpOriginClient(config.ORIGIN_URL);
  releasers.push(() => probe.close());
  const edge: NodeName = `edge:${region}`;
  control.addNode(edge, node);
  control.addNode(`redis:${region}`, redis);
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return node.port;
}

interface ServeOptions {
  readonly parts: { readonly routes: readonly Route[]; close(): Promise<void> };
  readonly gate: Gate;
  readonly port: LaunchOptions['port'];
  readonly config: { readonly ALLOWED_HOSTS: readonly string[]; readonly BIND_ADDRESS: string };
  readonly logger: Logger;
  /** Closes its connections to others. */
  readonly disconnect: () => Promise<void>;
}

/** Serves the routes as a process would that can be frozen: it takes requests and answers them when it goes on. */
async function serveGated({ parts, gate, port, config, logger, disconnect }: ServeOptions): Promise<ProcessLife> {
  const routes = parts.routes.map((route) => ({
    ...route,
    handle: async (request: Parameters<Route['handle']>[0]) => {
      if (gate.state !== 'running') await gate.goesOn();
      const answer = await route.handle(request);
      if (gate.state !== 'running') await gate.goesOn();
      return answer;
    },
  }));
  const server = await serveHttp({ routes, allowedHosts: config.ALLOWED_HOSTS, log: logger, port, host: config.BIND_ADDRESS });
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
