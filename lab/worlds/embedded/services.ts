/** Origin, log, caches and edges in this process: the same code as in containers, over PGlite and memory. */

import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import { EDGE_SETTINGS, type EdgeConfig } from '../../../services/edge/config.ts';
import { markRetentionMsOf, startEdge } from '../../../services/edge/edge.ts';
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { ORIGIN_SETTINGS, type OriginConfig } from '../../../services/origin/config.ts';
import { PgliteDatabase } from '../../../services/origin/database/pglite.ts';
import { startOrigin } from '../../../services/origin/origin.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { ConfigError, readConfig } from '../../../services/runtime/config.ts';
import { createLogger } from '../../../services/runtime/log.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { type Releasers, withReleasers } from '../../../services/runtime/releasers.ts';
import type { StartStep } from '../world.ts';
import type { ToHost } from './messages.ts';

export interface EmbeddedServices {
  readonly originPort: number;
  readonly edgePorts: Readonly<Record<string, number>>;
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
    const database = await timed('postgres ready', () => PgliteDatabase.open({ dumpFile: order.dumpFile }));
    releasers.push(() => database.close());
    const logger = createLogger('origin', configs.origin.LOG_LEVEL);
    const origin = await timed('origin listening', () => startOrigin(configs.origin, { database, log, clock, random, logger }));
    releasers.push(() => origin.close());
    const edgePorts: Record<string, number> = {};
    for (const config of configs.edges) {
      edgePorts[config.REGION_NAME] = await timed(`edge ${config.REGION_NAME} listening`, () =>
        startHostedEdge({ ...config, ORIGIN_URL: `http://127.0.0.1:${origin.port}` }, log, releasers),
      );
    }
    return { originPort: origin.port, edgePorts, close: () => releasers.release() };
  });
}

async function startHostedEdge(config: EdgeConfig, log: MemoryLog, releasers: Releasers): Promise<number> {
  const cache = new MemoryCache(new MemoryCacheServer({ clock, random, markRetentionMs: markRetentionMsOf(config) }));
  releasers.push(() => cache.close());
  const origin = new HttpOriginClient(config.ORIGIN_URL);
  releasers.push(() => origin.close());
  const logger = createLogger(`edge-${config.REGION_NAME}`, config.LOG_LEVEL);
  const edge = await startEdge(config, { cache, log, origin, clock, logger });
  releasers.push(() => edge.close());
  return edge.port;
}
