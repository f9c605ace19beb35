/** The lease on the log, as origin and edges are told of it: the same values for all of them. */
import { integerSetting } from './config.ts';

const LEASE_MS_MAX = 86_400_000;

export const LEASE_SETTINGS = {
  FRESHNESS_LEASE: {
    schema: integerSetting(0, LEASE_MS_MAX),
    fallback: 0,
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
