/** The settings every service has: where it listens, whom it answers, what it logs. */
import { choiceSetting, integerSetting, listSetting, textSetting } from './config.ts';
import { LOOPBACK_HOSTS } from './http.ts';
import { LOG_LEVELS } from './log.ts';

const PORT_MAX = 65_535;

/** 0 takes a free one. */
export const portSetting = integerSetting(0, PORT_MAX);

export const SERVICE_SETTINGS = {
  ALLOWED_HOSTS: {
    schema: listSetting,
    fallback: LOOPBACK_HOSTS as readonly string[],
    about: 'Host names answered to, separated by commas',
  },
  BIND_ADDRESS: { schema: textSetting, fallback: '127.0.0.1', about: 'address it listens on' },
  LOG_LEVEL: { schema: choiceSetting(...LOG_LEVELS), fallback: 'info' as const, about: 'least severe line written' },
} as const;
