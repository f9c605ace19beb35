/** One purger, assembled from its configuration and its ports. Who gave it the ports closes them. */
import { EdgeMeter } from '../edge/metrics.ts';
import { EdgeSettings } from '../edge/settings.ts';
import type { InvalidationLog } from '../log/log.ts';
import type { PurgeWay } from '../protocol/purge-ways.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LatenessMeter } from '../runtime/lateness.ts';
import type { Logger } from '../runtime/log.ts';
import type { Route } from '../runtime/route.ts';
import type { PurgerConfig } from './config.ts';
import { Purger, type PurgerOptions } from './purger.ts';
import { purgerRoutes } from './routes.ts';
import type { PurgerStore } from './store.ts';

export interface PurgerPorts {
  readonly ways: readonly PurgeWay[];
  /** Statuses of a purge that was taken. */
  readonly ok: readonly number[];
  readonly log: InvalidationLog;
  readonly store: PurgerStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ask: PurgerOptions['ask'];
  readonly tell?: PurgerOptions['tell'];
  /** Left out: as configured. */
  readonly settings?: EdgeSettings;
  /** Left out: its own. */
  readonly meter?: EdgeMeter;
  readonly lateness?: LatenessMeter | undefined;
}

/** What a purger is made of, before it is given sockets. */
export interface PurgerParts {
  readonly routes: readonly Route[];
  /** Joins the log behind whoever calls. */
  join(): void;
  close(): Promise<void>;
}

type CreatedConfig = Pick<PurgerConfig, 'REGION_NAME' | 'DELIVER' | 'ADMIN_TOKEN' | 'PROPAGATION_DELAY' | 'INVALIDATION_STRATEGY'>;

export function createPurger(
  config: CreatedConfig,
  { ways, ok, ask, tell, store, log, clock, logger, lateness, ...given }: PurgerPorts,
): PurgerParts {
  const { REGION_NAME: region, DELIVER: deliver, ADMIN_TOKEN: adminToken } = config;
  const configured = { propagationDelayMs: config.PROPAGATION_DELAY, strategy: config.INVALIDATION_STRATEGY };
  const settings = given.settings ?? new EdgeSettings(configured);
  const meter = given.meter ?? new EdgeMeter(clock);
  const purger = new Purger({ region, log, store, ways, ok, ask, tell, deliver, settings, meter, clock, logger });
  return {
    routes: purgerRoutes({ region, purger, log, settings, meter, clock, adminToken, lateness }),
    join: () => void purger.start().catch((error: unknown) => logger.error({ error: String(error) }, 'it does not purge')),
    close: () => purger.close(),
  };
}
