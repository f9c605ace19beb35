/** The origin as a process: its environment, its adapters, its life. */
import { MemoryLog } from '../log/memory.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { systemClock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { ORIGIN_SETTINGS } from './config.ts';
import { PgliteDatabase } from './database/pglite.ts';
import { startOrigin } from './origin.ts';

await runService(() =>
  withReleasers(async (releasers) => {
    const config = readConfig(ORIGIN_SETTINGS, process.env);
    const logger = createLogger('origin', config.LOG_LEVEL);
    logger.info({}, 'origin starting');
    const database = await PgliteDatabase.open();
    releasers.push(() => database.close());
    const log = new MemoryLog({ clock: systemClock, partitions: INVALIDATION_PARTITIONS });
    releasers.push(() => log.close());
    const origin = await startOrigin(config, { database, log, clock: systemClock, random: systemRandom, logger });
    releasers.push(() => origin.close());
    return { close: () => releasers.release() };
  }),
);
