/** A purger as a process: its environment, its adapters, its life. */
import { openLog } from '../log/open.ts';
import { waysOf } from '../protocol/purge-ways.ts';
import { Asker } from '../runtime/asker.ts';
import { systemClock as clock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { serveHttp } from '../runtime/http.ts';
import { meterLateness } from '../runtime/lateness.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { askAt } from './ask.ts';
import { PURGER_SETTINGS } from './config.ts';
import { createPurger } from './create.ts';
import { FileStore } from './store.ts';

await runService(() =>
  withReleasers(async (releasers) => {
    const config = readConfig(PURGER_SETTINGS, process.env);
    const name = `purger-${config.REGION_NAME}`;
    const logger = createLogger(name, config.LOG_LEVEL);
    const shared = { clock, logger };
    const lateness = meterLateness(shared);
    releasers.push(() => lateness.close());
    const store = await FileStore.open({ file: config.POSITION_FILE, region: config.REGION_NAME });
    const log = await openLog({ address: config.KAFKA_BROKERS, clientId: name, createTopic: false, ...shared });
    releasers.push(() => log.close());
    const asker = new Asker(clock);
    releasers.push(() => asker.close());
    const ask = askAt(asker, { url: config.CACHE_URL, deadlineMs: config.PURGE_DEADLINE });
    const purger = createPurger(config, { ways: waysOf(config.PURGES), ok: config.PURGES.ok, ask, log, store, lateness, ...shared });
    releasers.push(() => purger.close());
    const { ALLOWED_HOSTS: allowedHosts, PURGER_PORT: port, BIND_ADDRESS: host } = config;
    const server = await serveHttp({ routes: purger.routes, allowedHosts, log: logger, port, host });
    releasers.push(() => server.close());
    purger.join();
    logger.info({ region: config.REGION_NAME, port: server.port }, 'purger listening');
    return { close: () => releasers.release() };
  }),
);
