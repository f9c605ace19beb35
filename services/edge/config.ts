/** The environment of an edge: one table. The names of the original EdgeSync, and ours. */
import { type EdgeConfig as EdgeRunConfig, HOT_MS_MAX } from '../protocol/edge-api.ts';
import {
  baseUrlSetting,
  type ConfigOf,
  choiceSetting,
  integerSetting,
  readConfig,
  serverUrlSetting,
  textSetting,
} from '../runtime/config.ts';
import { DELAY_SETTING, LEASE_SETTINGS, SKEW_SETTING, withLeaseThatHolds } from '../runtime/lease-settings.ts';
import { logSetting, portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';
import { MARKS_MAX } from './cache/cache.ts';

const TTL_S_MAX = 31_536_000;
const MARKS_MOST = 10_000_000;
const MEMBERS_MAX = 99;
const HOT_BYTES = 32 * 2 ** 20;
const HOT_BYTES_MOST = 64 * 2 ** 30;

export const EDGE_SETTINGS = {
  REGION_NAME: {
    schema: textSetting.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes'),
    about: 'name of the region this edge serves',
  },
  EDGE_MEMBER: {
    schema: integerSetting(0, MEMBERS_MAX),
    fallback: 0,
    about: 'which edge of its region it is, from 1, where several share its cache: no two have one number; 0: it is the only one',
  },
  EDGE_PORT: { schema: portSetting, fallback: 5001, about: 'port it listens on; 0 takes a free one' },
  ...DELAY_SETTING,
  INVALIDATION_STRATEGY: {
    schema: choiceSetting('eager', 'lazy'),
    fallback: 'eager' as const,
    about: 'what an invalidation without a mode means: gone, or stale and revalidated',
  },
  REDIS_URL: {
    schema: serverUrlSetting('memory:', ['redis:'], 'redis://host:6379'),
    about: 'the cache of this region: `redis://…`, or `memory:` for one inside this process',
  },
  KAFKA_BROKERS: { schema: logSetting, about: 'the invalidation log: `host:port,…`, or `memory:` for one inside this process' },
  ORIGIN_URL: { schema: baseUrlSetting, about: 'where misses are fetched' },
  CACHE_TTL: { schema: integerSetting(1, TTL_S_MAX), fallback: 3600, unit: 's', about: 'how long an entry is fresh' },
  STALE_WHILE_REVALIDATE: {
    schema: integerSetting(0, TTL_S_MAX),
    fallback: 60,
    unit: 's',
    about: 'how long after that it is served while it is revalidated',
  },
  STALE_IF_ERROR: {
    schema: integerSetting(0, TTL_S_MAX),
    fallback: 3600,
    unit: 's',
    about: 'how long after that it is served when the origin is away',
  },
  NEGATIVE_TTL: { schema: integerSetting(1, TTL_S_MAX), fallback: 5, unit: 's', about: 'how long a 404 is kept' },
  MARKS_MAX: {
    schema: integerSetting(1, MARKS_MOST),
    fallback: MARKS_MAX,
    about: 'how many invalidations are remembered; above it the oldest are forgotten, and what was stored before them is fetched again',
  },
  HOT_MS: {
    schema: integerSetting(0, HOT_MS_MAX),
    fallback: 25,
    unit: 'ms',
    about:
      'how long an edge answers what Redis has told it without asking again: so much later what another edge of its region has changed may be seen; 0: it asks each time',
  },
  HOT_BYTES: {
    schema: integerSetting(0, HOT_BYTES_MOST),
    fallback: HOT_BYTES,
    unit: 'bytes',
    about: 'how much memory that may take, about; what was asked for longest ago goes first; 0: it asks each time',
  },
  ...LEASE_SETTINGS,
  ...SKEW_SETTING,
  CIRCUIT_BREAKER: {
    schema: choiceSetting('on', 'off'),
    fallback: 'off' as const,
    about: 'whether the edge stops asking an origin that does not answer: what it has not cached then fails at once, not after 2 s',
  },
  WARM_KEYS: {
    schema: integerSetting(0, 10_000),
    fallback: 0,
    about: 'how many of the most-read contents are fetched before they are read, when the cache may have lost them; 0: none',
  },
  WARM_CONCURRENCY: {
    schema: integerSetting(1, 1_000),
    fallback: 32,
    about: 'how many of those are fetched at a time, fetches of readers included',
  },
  ADMIN_TOKEN: { schema: textSetting, fallback: '', about: 'bearer token of the admin routes; without it they answer 403' },
  ...SERVICE_SETTINGS,
} as const;

export type EdgeConfig = ConfigOf<typeof EDGE_SETTINGS>;

/** Throws ConfigError, also of a lease that would run out while nothing is wrong. */
export function readEdgeConfig(environment: Readonly<Record<string, string | undefined>>): EdgeConfig {
  return withLeaseThatHolds(readConfig(EDGE_SETTINGS, environment), environment);
}

/**
 * What the log knows an edge as: one group would split the partitions among the edges of a region, and each is to read
 * all of them.
 */
export function consumerGroupOf({ REGION_NAME: region, EDGE_MEMBER: member }: EdgeConfig): string {
  return `cache-invalidation-${nameOf(region, member)}`;
}

/** `eu-west`, and `eu-west-2` of its second edge. */
export function nameOf(region: string, member: number): string {
  return member <= 1 ? region : `${region}-${member}`;
}

/** What can be changed while it runs, as it starts. */
export function settingsIn({ PROPAGATION_DELAY, INVALIDATION_STRATEGY, FRESHNESS_LEASE }: EdgeConfig): EdgeRunConfig {
  return { propagationDelayMs: PROPAGATION_DELAY, strategy: INVALIDATION_STRATEGY, freshnessLeaseMs: FRESHNESS_LEASE };
}
