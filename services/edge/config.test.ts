import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../runtime/config.ts';
import { leaseTermsIn } from '../runtime/lease-settings.ts';
import { consumerGroupOf, EDGE_SETTINGS, readEdgeConfig, settingsIn } from './config.ts';

const GOOD = {
  REGION_NAME: 'us-east',
  EDGE_PORT: '0',
  REDIS_URL: 'memory:',
  KAFKA_BROKERS: 'memory:',
  ORIGIN_URL: 'http://127.0.0.1:9',
} as const;

type Environment = Readonly<Record<string, string>>;
const BAD: readonly (readonly [title: string, environment: Environment, problems: readonly string[]])[] = [
  ['nothing set', {}, ['REGION_NAME: required', 'REDIS_URL: required', 'KAFKA_BROKERS: required', 'ORIGIN_URL: required']],
  ['no region', { ...GOOD, REGION_NAME: '' }, ['REGION_NAME: required, not set']],
  ['a region in upper case', { ...GOOD, REGION_NAME: 'US-East' }, ['REGION_NAME: expected lower-case letters']],
  ['a region that is a path', { ...GOOD, REGION_NAME: '../x' }, ['REGION_NAME: ']],
  ['a bad port', { ...GOOD, EDGE_PORT: '70000' }, ['EDGE_PORT: expected a whole number from 0 to 65535, got "70000"']],
  ['a negative delay', { ...GOOD, PROPAGATION_DELAY: '-1' }, ['PROPAGATION_DELAY: expected a whole number from 0 to 600000, got "-1"']],
  ['a delay in words', { ...GOOD, PROPAGATION_DELAY: 'abc' }, ['PROPAGATION_DELAY: ']],
  ['a delay with a unit', { ...GOOD, PROPAGATION_DELAY: '100ms' }, ['PROPAGATION_DELAY: ']],
  ['a delay of blanks', { ...GOOD, PROPAGATION_DELAY: ' ' }, ['PROPAGATION_DELAY: ']],
  ['a delay above ten minutes', { ...GOOD, PROPAGATION_DELAY: '600001' }, ['PROPAGATION_DELAY: ']],
  ['an unknown strategy', { ...GOOD, INVALIDATION_STRATEGY: 'EAGER' }, ['INVALIDATION_STRATEGY: expected eager or lazy, got "EAGER"']],
  ['an entry life of 0', { ...GOOD, CACHE_TTL: '0' }, ['CACHE_TTL: expected a whole number from 1 to 31536000, got "0"']],
  ['an endless entry life', { ...GOOD, CACHE_TTL: 'Infinity' }, ['CACHE_TTL: ']],
  [
    'lives below 0',
    { ...GOOD, STALE_IF_ERROR: '-5', STALE_WHILE_REVALIDATE: '-5', NEGATIVE_TTL: '0' },
    ['STALE_WHILE_REVALIDATE: ', 'STALE_IF_ERROR: ', 'NEGATIVE_TTL: '],
  ],
  [
    'protections that are no word and no number',
    { ...GOOD, CIRCUIT_BREAKER: 'yes', WARM_KEYS: 'all', WARM_CONCURRENCY: '0' },
    ['CIRCUIT_BREAKER: expected on or off, got "yes"', 'WARM_KEYS: ', 'WARM_CONCURRENCY: expected a whole number from 1 to 1000'],
  ],
  ['an origin that is no URL', { ...GOOD, ORIGIN_URL: 'origin:4000' }, ['ORIGIN_URL: expected an http: or https: URL']],
  ['an origin with a path', { ...GOOD, ORIGIN_URL: 'http://origin:4000/base' }, ['ORIGIN_URL: ']],
  ['an origin with a user', { ...GOOD, ORIGIN_URL: 'http://app:s3cret@origin' }, ['ORIGIN_URL: ']],
  [
    'a cache and a log of other kinds',
    { ...GOOD, REDIS_URL: 'memcached://:s3cret@redis:6379', KAFKA_BROKERS: 'memory' },
    [
      'REDIS_URL: expected memory: or a URL such as redis://host:6379, got "memcached://***@redis:6379"',
      'KAFKA_BROKERS: expected memory: or host:port of each broker, separated by commas, such as kafka:9092, got "memory"',
    ],
  ],
];

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(EDGE_SETTINGS, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the lease of an edge', () => {
  it.each([
    [{}, { leaseMs: 10_000, skewMs: 500 }],
    [{ FRESHNESS_LEASE: '' }, { leaseMs: 10_000, skewMs: 500 }],
    [{ FRESHNESS_LEASE: '0' }, undefined],
    [
      { FRESHNESS_LEASE: '5000', CLOCK_SKEW_MAX: '20' },
      { leaseMs: 5_000, skewMs: 20 },
    ],
    // The delay of the original goes up to ten minutes: an edge that was started with it before is started with it
    // still.
    [{ PROPAGATION_DELAY: '600000' }, { leaseMs: 603_500, skewMs: 500 }],
  ])('of %j is %j', (more, terms) => {
    expect(settingsIn(readEdgeConfig({ ...GOOD, ...more })).freshnessLeaseMs).toBe(terms?.leaseMs ?? 0);
    expect(leaseTermsIn(more)).toEqual(terms);
  });

  it.each([
    ['4099', { PROPAGATION_DELAY: '600' }, 4_100],
    ['1999', { PROPAGATION_DELAY: '0', HEARTBEAT: '100', CLOCK_SKEW_MAX: '0' }, 2_000],
    ['10', {}, 3_600],
  ])('of %s ms is refused where it would run out while nothing is wrong', (lease, more, leastMs) => {
    const read = () => readEdgeConfig({ ...GOOD, ...more, FRESHNESS_LEASE: lease });
    expect(read).toThrow(`FRESHNESS_LEASE: expected 0 or at least ${leastMs} ms`);
    expect(readEdgeConfig({ ...GOOD, ...more, FRESHNESS_LEASE: String(leastMs) }).FRESHNESS_LEASE).toBe(leastMs);
  });
});

describe('the environment of an edge', () => {
  it.each(BAD)('is refused with %s, naming each', (_title, environment, expected) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(expected.length);
    for (const [at, problem] of problems.entries()) expect(problem).toContain(expected[at]);
    expect(problems.join()).not.toMatch(/s3|ret@/);
  });

  it.each([
    [undefined, 100],
    ['', 100],
    ['0', 0],
    ['00', 0],
    ['250', 250],
    ['600000', 600_000],
  ])('takes PROPAGATION_DELAY=%j as %i ms', (text, delayMs) => {
    expect(readConfig(EDGE_SETTINGS, { ...GOOD, PROPAGATION_DELAY: text }).PROPAGATION_DELAY).toBe(delayMs);
  });

  it('takes the servers of a cluster', () => {
    const cluster = { ...GOOD, REDIS_URL: 'redis://:s3cret@redis-us-east:6379', KAFKA_BROKERS: 'links:19091' };
    expect(readConfig(EDGE_SETTINGS, cluster)).toMatchObject({ REDIS_URL: cluster.REDIS_URL, KAFKA_BROKERS: ['links:19091'] });
  });

  it('falls back to the values of the original EdgeSync', () => {
    expect(readConfig(EDGE_SETTINGS, { ...GOOD, EDGE_PORT: undefined })).toMatchObject({
      EDGE_PORT: 5001,
      BIND_ADDRESS: '127.0.0.1',
      PROPAGATION_DELAY: 100,
      INVALIDATION_STRATEGY: 'eager',
      CACHE_TTL: 3600,
      STALE_WHILE_REVALIDATE: 60,
      STALE_IF_ERROR: 3600,
      NEGATIVE_TTL: 5,
      ADMIN_TOKEN: '',
    });
  });

  it('is frozen once read', () => {
    expect(Object.isFrozen(readConfig(EDGE_SETTINGS, GOOD))).toBe(true);
  });
});

describe('the edges of a region', () => {
  it.each([
    ['the only one', {}, 'cache-invalidation-us-east'],
    ['the first of several', { EDGE_MEMBER: '1' }, 'cache-invalidation-us-east'],
    ['the second', { EDGE_MEMBER: '2' }, 'cache-invalidation-us-east-2'],
  ])('%s has a group of its own', (_title, environment, group) => {
    expect(consumerGroupOf(readEdgeConfig({ ...GOOD, ...environment }))).toBe(group);
  });
});
