/**
 * The origin of a world of caches that are not ours: the lab's own, with its log, in this process. Each peer asks it
 * through an upstream.
 */

import type { InvalidationLog } from '../../../services/log/log.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { ORIGIN_SETTINGS } from '../../../services/origin/config.ts';
import { MemoryDatabase } from '../../../services/origin/database/memory.ts';
import { startOrigin } from '../../../services/origin/origin.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';

export interface PeerOrigin {
  readonly url: string;
  readonly log: InvalidationLog;
  close(): Promise<void>;
}

export interface PeerOriginOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** In how wide a range its first id is drawn. Left out: a million. */
  readonly idsMax?: number;
}

const IDS_MAX = 1_000_000;

/** Serves on a free port of 127.0.0.1 when it resolves. */
export function startPeerOrigin({ clock, random, idsMax = IDS_MAX }: PeerOriginOptions): Promise<PeerOrigin> {
  return withReleasers(async (releasers) => {
    const config = readConfig(ORIGIN_SETTINGS, { PORT: '0', DATABASE_URL: 'pglite:', KAFKA_BROKERS: 'memory:', LOG_LEVEL: 'silent' });
    // Ids that no run before had, whatever a cache has kept of one.
    const database = new MemoryDatabase({ clock, lastId: 1_000 + random.below(idsMax) });
    releasers.push(() => database.close());
    const log = new MemoryLog({ clock, partitions: INVALIDATION_PARTITIONS });
    releasers.push(() => log.close());
    const origin = await startOrigin(config, { database, log, clock, random, logger: silentLogger });
    releasers.push(() => origin.close());
    return { url: `http://127.0.0.1:${origin.port}`, log, close: () => releasers.release() };
  });
}
