/** The origin, assembled from its configuration and its ports. Who gave it the ports closes them. */
import type { InvalidationLog } from '../log/log.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FrontPage } from '../runtime/front-page.ts';
import { type Route, serveHttp } from '../runtime/http.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import type { Logger } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import { withReleasers } from '../runtime/releasers.ts';
import type { OriginConfig } from './config.ts';
import { Contents, migrate } from './contents.ts';
import type { Database } from './database/database.ts';
import { PreparedDatabase } from './database/prepared.ts';
import { Outbox } from './outbox.ts';
import { Relay } from './relay.ts';
import { ORIGIN_PAGE, originRoutes } from './routes.ts';

export interface OriginPorts {
  readonly database: Database;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Of its process; told in `/metrics`. Left out: nobody looks. */
  readonly lateness?: LatenessMeter | undefined;
}

/** How often its relay sends a heartbeat; 0: never, for there is no lease. */
export function heartbeatMsOf({ FRESHNESS_LEASE, HEARTBEAT }: OriginConfig): number {
  return FRESHNESS_LEASE === 0 ? 0 : HEARTBEAT;
}

export interface Origin {
  readonly port: number;
  close(): Promise<void>;
}

/** What an origin is made of, before it is given sockets: a world may put something between. */
export interface OriginParts {
  readonly routes: readonly Route[];
  readonly frontPage: FrontPage;
  close(): Promise<void>;
}

/** Makes the tables where they are missing, or as soon as the database is there; the relay runs when it resolves. */
export async function createOrigin(ports: OriginPorts, heartbeatMs = 0): Promise<OriginParts> {
  const { database: opened, log, clock, random, logger, lateness } = ports;
  const database = await PreparedDatabase.open({ database: opened, prepare: () => migrate(opened), clock, logger });
  const contents = new Contents({ database, clock, random });
  const outbox = new Outbox({ database, clock, random });
  const relay = new Relay({ database, outbox, log, clock, logger, heartbeatMs });
  relay.start();
  return {
    routes: originRoutes({ database, contents, outbox, relay, log, clock, lateness }),
    frontPage: ORIGIN_PAGE,
    close: async () => {
      await database.close();
      await relay.close();
    },
  };
}

/** Serves when it resolves. */
export function startOrigin(config: OriginConfig, ports: OriginPorts): Promise<Origin> {
  return withReleasers(async (releasers) => {
    const { logger } = ports;
    const parts = await createOrigin(ports, heartbeatMsOf(config));
    releasers.push(() => parts.close());
    const server = await serveHttp({
      routes: parts.routes,
      frontPage: parts.frontPage,
      allowedHosts: config.ALLOWED_HOSTS,
      log: logger,
      clock: ports.clock,
      port: config.PORT,
      host: config.BIND_ADDRESS,
    });
    releasers.push(() => server.close());
    logger.info({ port: server.port }, 'origin listening');
    return { port: server.port, close: () => releasers.release() };
  });
}
