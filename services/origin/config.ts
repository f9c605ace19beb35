/** The environment of the origin: one table. The names of the seed, and ours. */
import { type ConfigOf, onlyAdapterSetting } from '../runtime/config.ts';
import { portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';

export const ORIGIN_SETTINGS = {
  PORT: { schema: portSetting, fallback: 4000, about: 'port it listens on; 0 takes a free one' },
  DATABASE_URL: { schema: onlyAdapterSetting({ url: 'pglite:', missing: 'Postgres' }), about: 'where content and outbox live' },
  KAFKA_BROKERS: { schema: onlyAdapterSetting({ url: 'memory:', missing: 'Kafka' }), about: 'the invalidation log' },
  ...SERVICE_SETTINGS,
} as const;

export type OriginConfig = ConfigOf<typeof ORIGIN_SETTINGS>;
