/**
 * The interface of a mutant: one known bug, one file, brought back by a decorator around the ports of the services or
 * by a second adapter of one. The checks are worth what they catch: each mutant must be caught, and by a check that
 * names its damage.
 */
import type { EdgeCache } from '../../services/edge/cache/cache.ts';
import type { MemoryCacheServer, MemoryCacheServerOptions } from '../../services/edge/cache/memory.ts';
import type { EdgeConfig } from '../../services/edge/config.ts';
import type { OriginClient } from '../../services/edge/origin-client.ts';
import type { InvalidationLog } from '../../services/log/log.ts';
import type { Database } from '../../services/origin/database/database.ts';
import type { Clock } from '../../services/runtime/clock.ts';

/** The ports of an origin that a mutant may replace. */
export interface OriginPorts {
  readonly database: Database;
  readonly log: InvalidationLog;
}

/** The ports of an edge that a mutant may replace. */
export interface EdgePorts {
  readonly cache: EdgeCache;
  readonly log: InvalidationLog;
  readonly origin: OriginClient;
}

export interface Mutant {
  readonly name: string;
  /** One sentence: the bug. */
  readonly about: string;
  /** The checks that name its damage: one of them must catch it. */
  readonly caughtBy: readonly string[];
  /**
   * The built-in scenario whose faults bring its damage to light. The warm-up of some bugs fails with many keys: a
   * scenario for those has few.
   */
  readonly shownBy: string;
  /** For each life of the origin. */
  readonly origin?: (ports: OriginPorts, context: { readonly clock: Clock }) => OriginPorts;
  /** For each life of each edge. */
  readonly edge?: (ports: EdgePorts, context: { readonly config: EdgeConfig; readonly clock: Clock }) => EdgePorts;
  /** Instead of each region's cache server, which outlives its edge. */
  readonly cacheServer?: (options: MemoryCacheServerOptions) => MemoryCacheServer;
}
