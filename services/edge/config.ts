/** The environment of an edge: one table. The names of the original EdgeSync, and ours. */
import { PROPAGATION_DELAY_MS_MAX } from '../protocol/edge-api.ts';
import { baseUrlSetting, type ConfigOf, choiceSetting, integerSetting, serverUrlSetting, textSetting } from '../runtime/config.ts';
import { logSetting, portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';
import { MARKS_MAX } from './cache/cache.ts';

const TTL_S_MAX = 31_536_000;
const MARKS_MOST = 10_000_000;

export const EDGE_SETTINGS = {
  REGION_NAME: {
    schema: textSetting.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes'),
    about: 'name of the region this edge serves',
  },
  EDGE_PORT: { schema: portSetting, fallback: 5001, about: 'port it listens on; 0 takes a free one' },
  PROPAGATION_DELAY: {
    schema: integerSetting(0, PROPAGATION_DELAY_MS_MAX),
    fallback: 100,
    unit: 'ms',
    about: 'how long after its record an invalidation takes effect here',
  },
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
  ADMIN_TOKEN: { schema: textSetting, fallback: '', about: 'bearer token of the admin routes; without it they answer 403' },
  ...SERVICE_SETTINGS,
} as const;

export type EdgeConfig = ConfigOf<typeof EDGE_SETTINGS>;
