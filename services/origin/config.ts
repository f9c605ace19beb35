/** The environment of the origin: one table. The names of the original EdgeSync, and ours. */
import { type ConfigOf, serverUrlSetting } from '../runtime/config.ts';
import { LEASE_SETTINGS } from '../runtime/lease-settings.ts';
import { logSetting, portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';

export const ORIGIN_SETTINGS = {
  PORT: { schema: portSetting, fallback: 4000, about: 'port it listens on; 0 takes a free one' },
  DATABASE_URL: {
    schema: serverUrlSetting('pglite:', ['postgresql:', 'postgres:'], 'postgresql://user:password@host:5432/database'),
    about: 'where content and outbox live: `postgresql://…`, or `pglite:` for a database inside this process',
  },
  KAFKA_BROKERS: { schema: logSetting, about: 'the invalidation log: `host:port,…`, or `memory:` for one inside this process' },
  ...LEASE_SETTINGS,
  ...SERVICE_SETTINGS,
} as const;

export type OriginConfig = ConfigOf<typeof ORIGIN_SETTINGS>;
