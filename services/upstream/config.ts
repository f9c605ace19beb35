/** The environment of an upstream: one table. */
import { FETCH_DEADLINE_MS } from '../protocol/edge-api.ts';
import { baseUrlSetting, type ConfigOf, choiceSetting, integerSetting, textSetting } from '../runtime/config.ts';
import { portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';

const LIFETIME_S_MAX = 31_536_000;
const DEADLINE_MS_MAX = 600_000;

export const UPSTREAM_SETTINGS = {
  UPSTREAM_PORT: { schema: portSetting, fallback: 8080, about: 'port on which a cache asks it; 0 takes a free one' },
  STATUS_PORT: { schema: portSetting, fallback: 8081, about: 'port of `/metrics` and `/health`; 0 takes a free one' },
  ORIGIN_URL: { schema: baseUrlSetting, about: 'the origin that it asks' },
  LIFETIME: {
    schema: integerSetting(0, LIFETIME_S_MAX),
    fallback: 3_600,
    unit: 's',
    about: 'what a cache is told to keep a content for',
  },
  MISSING_LIFETIME: { schema: integerSetting(0, LIFETIME_S_MAX), fallback: 5, unit: 's', about: 'the same of a 404' },
  TAGS_OF_304: {
    schema: choiceSetting('sent', 'left-out'),
    fallback: 'sent' as const,
    about: 'whether a 304 says the tags of its content, `sent` or `left-out`',
  },
  FETCH_DEADLINE: {
    schema: integerSetting(1, DEADLINE_MS_MAX),
    fallback: FETCH_DEADLINE_MS,
    unit: 'ms',
    about: 'an origin that has not answered by then does not answer: 502',
  },
  ADMIN_TOKEN: { schema: textSetting, fallback: '', about: 'bearer token of the admin routes; without it they answer 403' },
  ...SERVICE_SETTINGS,
} as const;

export type UpstreamConfig = ConfigOf<typeof UPSTREAM_SETTINGS>;
