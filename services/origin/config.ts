/** The environment of the origin: one table. The names of the seed, and ours. */
import { type ConfigOf, choiceSetting, integerSetting, listSetting, onlyAdapterSetting, textSetting } from '../runtime/config.ts';
import { LOOPBACK_HOSTS } from '../runtime/http.ts';
import { LOG_LEVELS } from '../runtime/log.ts';

const PORT_MAX = 65_535;

export const ORIGIN_SETTINGS = {
  PORT: { schema: integerSetting(0, PORT_MAX), fallback: 4000, about: 'port it listens on; 0 takes a free one' },
  DATABASE_URL: { schema: onlyAdapterSetting({ url: 'pglite:', missing: 'Postgres' }), about: 'where content and outbox live' },
  KAFKA_BROKERS: { schema: onlyAdapterSetting({ url: 'memory:', missing: 'Kafka' }), about: 'the invalidation log' },
  ALLOWED_HOSTS: {
    schema: listSetting,
    fallback: LOOPBACK_HOSTS as readonly string[],
    about: 'Host names answered to, separated by commas',
  },
  BIND_ADDRESS: { schema: textSetting, fallback: '127.0.0.1', about: 'address it listens on' },
  LOG_LEVEL: { schema: choiceSetting(...LOG_LEVELS), fallback: 'info' as const, about: 'least severe line written' },
} as const;

export type OriginConfig = ConfigOf<typeof ORIGIN_SETTINGS>;
