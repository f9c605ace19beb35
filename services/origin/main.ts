/** The origin as a process: its environment, its adapters, its life. */
import { openLog } from '../log/open.ts';
import { systemClock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { meterLateness } from '../runtime/lateness.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { systemRandom } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { ORIGIN_SETTINGS } from './config.ts';
import { openDatabase } from './database/open.ts';
import { startOrigin } from './origin.ts';

await runService(() =>
  withReleasers(async (releasers) => {
    const config = readConfig(ORIGIN_SETTINGS, process.env);
    const logger = createLogger('origin', config.LOG_LEVEL);
    logger.info({}, 'origin starting');
    const shared = { clock: systemClock, logger };
    const lateness = meterLateness(shared);
    releasers.push(() => lateness.close());
    const database = await openDatabase({ url: config.DATABASE_URL, ...shared });
    releasers.push(() => database.close());
    const log = await openLog({ address: config.KAFKA_BROKERS, clientId: 'origin', createTopic: true, ...shared });
    releasers.push(() => log.close());
    const origin = await startOrigin(config, { database, log, random: systemRandom, lateness, ...shared });
    releasers.push(() => origin.close());
    return { close: () => releasers.release() };
  }),
);
