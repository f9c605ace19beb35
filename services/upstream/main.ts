/** An upstream as a process: its environment, its two ports, its life. */
import { systemClock as clock } from '../runtime/clock.ts';
import { readConfig } from '../runtime/config.ts';
import { serveHttp } from '../runtime/http.ts';
import { meterLateness } from '../runtime/lateness.ts';
import { runService } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/log.ts';
import { systemRandom as random } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import { UPSTREAM_SETTINGS } from './config.ts';
import { upstreamRoutes } from './routes.ts';
import { Upstream } from './upstream.ts';

const MS_PER_S = 1_000;

await runService(() =>
  withReleasers(async (releasers) => {
    const config = readConfig(UPSTREAM_SETTINGS, process.env);
    const { BIND_ADDRESS: host, ALLOWED_HOSTS: allowedHosts } = config;
    const logger = createLogger('upstream', config.LOG_LEVEL);
    const lateness = meterLateness({ clock });
    releasers.push(() => lateness.close());
    const upstream = await Upstream.listen({
      originUrl: config.ORIGIN_URL,
      host,
      port: config.UPSTREAM_PORT,
      lifetimeMs: config.LIFETIME * MS_PER_S,
      missingMs: config.MISSING_LIFETIME * MS_PER_S,
      untagged304: config.TAGS_OF_304 === 'left-out',
      deadlineMs: config.FETCH_DEADLINE,
      clock,
      random,
    });
    releasers.push(() => upstream.close());
    const routes = upstreamRoutes({ upstream, clock, lateness, adminToken: config.ADMIN_TOKEN });
    const status = await serveHttp({ routes, allowedHosts, log: logger, port: config.STATUS_PORT, host });
    releasers.push(() => status.close());
    logger.info({ upstreamPort: upstream.port, port: status.port }, 'upstream listening');
    return { close: () => releasers.release() };
  }),
);
