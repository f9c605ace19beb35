/** The lease on the log, as origin and edges are told of it: the same values for all of them. */
import { FETCH_DEADLINE_MS, FRESHNESS_LEASE_MS_MAX, PROPAGATION_DELAY_MS_MAX } from '../protocol/edge-api.ts';
import { ConfigError, type ConfigOf, integerSetting, readConfig } from './config.ts';

const LEASE = 'FRESHNESS_LEASE';

export const LEASE_SETTINGS = {
  FRESHNESS_LEASE: {
    schema: integerSetting(0, FRESHNESS_LEASE_MS_MAX),
    fallback: 10_000,
    unit: 'ms',
    about:
      'how long an answer may be called fresh without word from the origin; the same for the origin and every edge; 0: without a bound',
  },
  HEARTBEAT: {
    schema: integerSetting(100, 60_000),
    fallback: 1_000,
    unit: 'ms',
    about: 'how often the origin tells the log that nothing is missing, where there is a lease',
  },
} as const;

/** Of edges only. */
export const SKEW_SETTING = {
  CLOCK_SKEW_MAX: {
    schema: integerSetting(0, 60_000),
    fallback: 500,
    unit: 'ms',
    about: 'by how much the clocks of origin and edges may differ; it widens the bound of the lease',
  },
} as const;

export const DELAY_SETTING = {
  PROPAGATION_DELAY: {
    schema: integerSetting(0, PROPAGATION_DELAY_MS_MAX),
    fallback: 100,
    unit: 'ms',
    about: 'how long after its record an invalidation takes effect here',
  },
} as const;

const ALL = { ...DELAY_SETTING, ...LEASE_SETTINGS, ...SKEW_SETTING };
type LeaseConfig = ConfigOf<typeof ALL>;
type Environment = Readonly<Record<string, string | undefined>>;

export interface LeaseTerms {
  readonly leaseMs: number;
  /** By how much clocks may differ. */
  readonly skewMs: number;
}

/** How late a heartbeat may be that nothing delays: this lease or a longer one is held while nothing is wrong. */
export interface LeaseNeeds {
  readonly delayMs: number;
  readonly heartbeatMs: number;
  readonly skewMs: number;
  readonly fetchDeadlineMs: number;
}

/** How often an edge asks whether the log is the same. */
export const LOG_CHECK_EVERY_MS = 1_000;

export function leaseMsLeast({ delayMs, heartbeatMs, skewMs, fetchDeadlineMs }: LeaseNeeds): number {
  return Math.max(fetchDeadlineMs, delayMs + 2 * heartbeatMs + LOG_CHECK_EVERY_MS + skewMs);
}

/** The shortest lease that is held under this delay while nothing is wrong. */
export function leaseMsLeastOf({ HEARTBEAT: heartbeatMs, CLOCK_SKEW_MAX: skewMs }: LeaseConfig, delayMs: number): number {
  return leaseMsLeast({ delayMs, heartbeatMs, skewMs, fetchDeadlineMs: FETCH_DEADLINE_MS });
}

/** The same of an edge with this environment, whatever else it is told. Throws ConfigError. */
export function leaseMsLeastIn(environment: Environment): number {
  const config = readConfig(ALL, environment);
  return leaseMsLeastOf(config, config.PROPAGATION_DELAY);
}

/** Where no lease is named, it is as long as the delay needs. Throws ConfigError of one that is named, and shorter. */
export function withLeaseThatHolds<Config extends LeaseConfig>(config: Config, environment: Environment): Config {
  const { FRESHNESS_LEASE: leaseMs, PROPAGATION_DELAY: delayMs } = config;
  const leastMs = leaseMsLeastOf(config, delayMs);
  if (leaseMs === 0 || leaseMs >= leastMs) return config;
  if (!environment[LEASE]) return { ...config, [LEASE]: leastMs };
  const why = 'from PROPAGATION_DELAY, HEARTBEAT, CLOCK_SKEW_MAX and the deadline of a fetch';
  throw new ConfigError([`${LEASE}: expected 0 or at least ${leastMs} ms, which follows ${why}, got ${leaseMs}`]);
}

/** Of an edge with this environment, whatever else it is told; undefined: there is no lease. Throws ConfigError. */
export function leaseTermsIn(environment: Environment): LeaseTerms | undefined {
  const { FRESHNESS_LEASE: leaseMs, CLOCK_SKEW_MAX: skewMs } = withLeaseThatHolds(readConfig(ALL, environment), environment);
  return leaseMs === 0 ? undefined : { leaseMs, skewMs };
}
