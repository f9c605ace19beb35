/**
 * How an origin and an edge are launched in this process: their ports are wired, so that each link and each node can be
 * broken.
 */
import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import type { EdgeConfig } from '../../../services/edge/config.ts';
import { cacheBoundsOf, createEdge } from '../../../services/edge/edge.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import type { OriginConfig } from '../../../services/origin/config.ts';
import type { Database } from '../../../services/origin/database/database.ts';
import { createOrigin, heartbeatMsOf } from '../../../services/origin/origin.ts';
import type { EdgeConfig as EdgeSettings } from '../../../services/protocol/edge-api.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import type { FrontPage } from '../../../services/runtime/front-page.ts';
import type { Logger } from '../../../services/runtime/log.ts';
import type { Releasers } from '../../../services/runtime/releasers.ts';
import type { Route } from '../../../services/runtime/route.ts';
import { type LinkKind, memberName, type NodeName } from '../../system/parts.ts';
import type { Gate } from '../wires/gate.ts';
import { Wire } from '../wires/wire.ts';
import { WiredCache } from '../wires/wired-cache.ts';
import { WiredDatabase } from '../wires/wired-database.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { WiredOriginClient } from '../wires/wired-origin-client.ts';
import { CacheDamages } from './cache-damages.ts';
import type { HostControl } from './control.ts';
import { clockAt, type Hosting } from './hosting.ts';
import { type LaunchOptions, type ProcessLife, ProcessNode, ServerNode } from './nodes.ts';

/** What every service is made with. */
export interface Shared {
  readonly log: InvalidationLog;
  readonly kafka: ServerNode;
  readonly control: HostControl;
  readonly releasers: Releasers;
  readonly hosting: Hosting;
}

/** A wire of one link, with a stream of chance of its own. */
export function layWire({ clock, random, latency }: Hosting, kind: LinkKind, caller: NodeName, callee: Gate): Wire {
  const own = random.fork(`${kind} ${caller}`);
  return new Wire({ clock, random: own, callee, ...(latency === undefined ? {} : { drawLatencyMs: latency(kind, own) }) });
}

export async function launchOrigin(
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
    const parts = await createOrigin({ ...ports, clock, random, logger, lateness: hosting.lateness }, heartbeatMsOf(config));
    return serveGated({ parts, gate, port, config, logger, clock, serve: hosting.serve, disconnect: async () => {} });
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

/** What the edges of a region have in common. */
interface RegionCache {
  readonly server: MemoryCacheServer;
  readonly damages: CacheDamages;
  readonly redis: ServerNode;
}

/** Answers the port of each edge, by the name that its node has after `edge:`. */
export async function launchRegion(configured: EdgeConfig, members: number, shared: Shared): Promise<Readonly<Record<string, number>>> {
  const { control, hosting } = shared;
  const region = configured.REGION_NAME;
  const serverOptions = {
    // A cache has no clock of its own: it is told the time by its edge.
    clock: clockAt(memberName(region, 1), hosting),
    random: hosting.random.fork(`redis:${region}`),
    ...cacheBoundsOf(configured),
  };
  const server = hosting.mutant?.cacheServer?.(serverOptions) ?? new MemoryCacheServer(serverOptions);
  const damages = new CacheDamages(server);
  const cache = { server, damages, redis: new ServerNode({ onStart: () => server.restart(), damages }) };
  const ports: Record<string, number> = {};
  for (let member = 1; member <= members; member += 1) {
    const edge = memberName(region, member);
    const own = member === 1 ? configured : { ...configured, EDGE_PORT: 0 };
    const config = members === 1 ? own : { ...own, EDGE_MEMBER: member };
    ports[edge.slice(edge.indexOf(':') + 1)] = await launchEdge(edge, config, { ...shared, cache });
  }
  control.addNode(`redis:${region}`, cache.redis);
  return ports;
}

async function launchEdge(
  edge: NodeName,
  configured: EdgeConfig,
  { log, kafka, control, releasers, hosting, cache }: Shared & { readonly cache: RegionCache },
): Promise<number> {
  const ownClock = clockAt(edge, hosting);
  const toCache = layWire(hosting, 'edge-redis', edge, cache.redis.gate);
  const toKafka = layWire(hosting, 'edge-kafka', edge, kafka.gate);
  // The origin's own sockets refuse and hang: the wire only adds what happens on the way.
  const toOrigin = layWire(hosting, 'edge-origin', edge, new ServerNode().gate);
  const logger = hosting.createLogger(edge.replace(/[:/]/g, '-'), configured.LOG_LEVEL);
  const node = await ProcessNode.launch(ownClock, configured.EDGE_PORT, async ({ gate, clock, port, settings }) => {
    const config = withSettings(configured, settings);
    const wired = {
      cache: new WiredCache({ cache: cache.damages.on(new MemoryCache(cache.server)), wire: toCache, caller: gate }),
      log: new WiredLog({ log, wire: toKafka, caller: gate, clock }),
      origin: new WiredOriginClient({ origin: hosting.createOriginClient(config.ORIGIN_URL), wire: toOrigin, caller: gate }),
    };
    const ports = hosting.mutant?.edge?.(wired, { config, clock }) ?? wired;
    const latencies = hosting.createLatencies && { latencies: hosting.createLatencies() };
    const parts = createEdge(config, {
      ...ports,
      clock,
      random: hosting.random.fork(edge),
      logger,
      lateness: hosting.lateness,
      ...latencies,
    });
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
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return node.port;
}

/** As if it had been configured so: it is never served, and applies nothing, with anything else. */
function withSettings(config: EdgeConfig, settings: EdgeSettings | undefined): EdgeConfig {
  if (settings === undefined) return config;
  const { propagationDelayMs, strategy, freshnessLeaseMs = config.FRESHNESS_LEASE } = settings;
  return { ...config, PROPAGATION_DELAY: propagationDelayMs, INVALIDATION_STRATEGY: strategy, FRESHNESS_LEASE: freshnessLeaseMs };
}

interface ServeOptions {
  readonly parts: { readonly routes: readonly Route[]; readonly frontPage?: FrontPage; close(): Promise<void> };
  readonly gate: Gate;
  readonly port: LaunchOptions['port'];
  readonly config: { readonly ALLOWED_HOSTS: readonly string[]; readonly BIND_ADDRESS: string };
  readonly logger: Logger;
  /** What its answers are dated by. Left out: the system's. */
  readonly clock?: Clock;
  readonly serve: Hosting['serve'];
  /** Closes its connections to others. */
  readonly disconnect: () => Promise<void>;
}

/** Serves the routes as a process would that can be frozen: it takes requests and answers them when it goes on. */
export async function serveGated({ parts, gate, port, config, logger, clock, serve, disconnect }: ServeOptions): Promise<ProcessLife> {
  const routes = parts.routes.map((route) => ({
    ...route,
    handle: async (request: Parameters<Route['handle']>[0]) => {
      if (gate.state !== 'running') await gate.goesOn();
      const answer = await route.handle(request);
      if (gate.state !== 'running') await gate.goesOn();
      return answer;
    },
  }));
  const { frontPage } = parts;
  const held = async () => {
    if (gate.state !== 'running') await gate.goesOn();
  };
  const { ALLOWED_HOSTS: allowedHosts, BIND_ADDRESS: host } = config;
  const page = frontPage === undefined ? {} : { frontPage };
  const server = await serve({ routes, ...page, held, allowedHosts, log: logger, clock, port, host });
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
