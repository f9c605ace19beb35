/**
 * The delay and the strategy of a region, in the environment of its edge: how they are called there, and what an edge
 * has without them.
 */

import { type Strategy, strategy as strategyName } from '../../services/protocol/invalidation.ts';
import { leaseTermsIn } from '../../services/runtime/lease-settings.ts';
import { InvalidInput } from '../errors.ts';
import type { EntryBounds } from '../system/edges/edges.ts';
import type { Environment } from './compose-file.ts';
import { protectionOf } from './protection.ts';

const DELAY = 'PROPAGATION_DELAY';
const STRATEGY = 'INVALIDATION_STRATEGY';
/** How long an entry is fresh, and what comes after it, in s. */
const FRESH = 'CACHE_TTL';
const STALE = ['STALE_WHILE_REVALIDATE', 'STALE_IF_ERROR'] as const;
/** How many invalidations its cache remembers. */
const MARKS = 'MARKS_MAX';
/** How long an edge answers what its cache has told it, in ms. */
const HOT = 'HOT_MS';
/** The lease on the log, of origin and edges, and by how much their clocks may differ, in ms. */
const LEASE = 'FRESHNESS_LEASE';
const SKEW = 'CLOCK_SKEW_MAX';
const MS_PER_S = 1000;

export interface RegionSettings {
  readonly delayMs: number;
  readonly strategy: Strategy;
}

const OF_AN_EDGE: RegionSettings = { delayMs: 0, strategy: 'eager' };

/** `otherwise`: where the environment does not say. Throws InvalidInput naming the key of what an edge would refuse. */
export function regionSettings(environment: Environment, otherwise: RegionSettings = OF_AN_EDGE): RegionSettings {
  const { [DELAY]: delay, [STRATEGY]: strategy = otherwise.strategy } = environment;
  const delayMs = delay === undefined ? otherwise.delayMs : Number(delay);
  if (!Number.isFinite(delayMs)) throw new InvalidInput(`${DELAY}: expected a number of ms, got ${JSON.stringify(delay)}`);
  const parsed = strategyName.safeParse(strategy);
  if (!parsed.success)
    throw new InvalidInput(`${STRATEGY}: expected ${strategyName.options.join(' or ')}, got ${JSON.stringify(strategy)}`);
  return { delayMs, strategy: parsed.data };
}

/** What ends an entry of the region. What the environment does not say is as its edge likes. */
export function entryBoundsOf(environment: Environment): EntryBounds {
  const { [FRESH]: seconds, [MARKS]: marks, [HOT]: hot } = environment;
  return {
    lifetimeMs: seconds === undefined ? undefined : Number(seconds) * MS_PER_S,
    marksMax: marks === undefined ? undefined : Number(marks),
    hotMs: hot === undefined ? undefined : Number(hot),
    ...leaseBoundsOf(environment),
    ...protectionOf(environment),
  };
}

/** How long after it was superseded a version may be called fresh there, as its edge is told. */
export function leaseBoundsOf(environment: Environment): Pick<EntryBounds, 'leaseMs' | 'skewMs'> {
  return leaseTermsIn(environment) ?? {};
}

/** Of origin and edges alike. What is left out stays as it is. */
export function withLeaseSettings(environment: Environment, { lease, skew }: LeaseOverrides): Environment {
  return {
    ...environment,
    ...(lease === undefined ? {} : { [LEASE]: String(lease) }),
    ...(skew === undefined ? {} : { [SKEW]: String(skew) }),
  };
}

/** What a scenario says of the lease, in ms. */
export interface LeaseOverrides {
  readonly lease?: number | undefined;
  readonly skew?: number | undefined;
}

/** What is left out stays as it is. */
export function withRegionSettings(environment: Environment, { delay, strategy, lifetime, marks, hot }: RegionOverrides): Environment {
  const names = lifetime === undefined ? [] : [FRESH, ...STALE];
  return {
    ...environment,
    ...(delay === undefined ? {} : { [DELAY]: String(delay) }),
    ...(strategy === undefined ? {} : { [STRATEGY]: strategy }),
    ...(marks === undefined ? {} : { [MARKS]: String(marks) }),
    ...(hot === undefined ? {} : { [HOT]: String(hot) }),
    ...Object.fromEntries(names.map((name) => [name, String((lifetime ?? 0) / MS_PER_S)])),
  };
}

/**
 * What a scenario overrides: the delay in ms, the strategy, in ms how long an entry is fresh, and then stale, and how
 * many invalidations are remembered.
 */
export interface RegionOverrides {
  readonly delay?: number | undefined;
  readonly strategy?: string | undefined;
  readonly lifetime?: number | undefined;
  readonly marks?: number | undefined;
  /** For how long its edges answer what its cache has told them, in ms. */
  readonly hot?: number | undefined;
  /** How many edges answer for the region. */
  readonly members?: number | undefined;
}
