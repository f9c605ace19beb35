/** The settings every service has: where it listens, whom it answers, what it logs. */
import { z } from 'zod';
import { choiceSetting, integerSetting, listSetting, textSetting } from './config.ts';
import { LOOPBACK_HOSTS } from './http.ts';
import { LOG_LEVELS } from './log.ts';

const PORT_MAX = 65_535;

/** 0 takes a free one. */
export const portSetting = integerSetting(0, PORT_MAX);

/** The log inside this process, or brokers of Kafka. */
export type LogAddress = 'memory:' | readonly string[];

const BROKER = /^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/;

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1] ?? 0);
  return port >= 1 && port <= PORT_MAX;
}

export const logSetting: z.ZodType<LogAddress, string> = z
  .string()
  .transform((text): LogAddress => (text === 'memory:' ? text : text.split(',').map((broker) => broker.trim())))
  .refine(
    (address) => address === 'memory:' || address.every(isBroker),
    'expected memory: or host:port of each broker, separated by commas, such as kafka:9092',
  );

export const SERVICE_SETTINGS = {
  ALLOWED_HOSTS: {
    schema: listSetting,
    fallback: LOOPBACK_HOSTS as readonly string[],
    about: 'Host names answered to, separated by commas',
  },
  BIND_ADDRESS: { schema: textSetting, fallback: '127.0.0.1', about: 'address it listens on' },
  LOG_LEVEL: { schema: choiceSetting(...LOG_LEVELS), fallback: 'info' as const, about: 'least severe line written' },
} as const;
