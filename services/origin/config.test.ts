import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../runtime/config.ts';
import { ORIGIN_SETTINGS } from './config.ts';

const GOOD = { PORT: '0', DATABASE_URL: 'pglite:', KAFKA_BROKERS: 'memory:' } as const;

type Environment = Readonly<Record<string, string>>;
const BAD: readonly (readonly [title: string, environment: Environment, problems: readonly string[]])[] = [
  ['nothing set', {}, ['DATABASE_URL: required, not set', 'KAFKA_BROKERS: required, not set']],
  ['a port that is no number', { ...GOOD, PORT: 'http' }, ['PORT: expected a whole number from 0 to 65535, got "http"']],
  ['a port too high', { ...GOOD, PORT: '65536' }, ['PORT: expected a whole number from 0 to 65535, got "65536"']],
  ['a negative port', { ...GOOD, PORT: '-1' }, ['PORT: ']],
  ['a port with a fraction', { ...GOOD, PORT: '4000.5' }, ['PORT: ']],
  ['a port in scientific notation', { ...GOOD, PORT: '4e3' }, ['PORT: ']],
  ['an unknown log level', { ...GOOD, LOG_LEVEL: 'loud' }, ['LOG_LEVEL: expected debug or info or warn or error or silent, got "loud"']],
  ['no host name', { ...GOOD, ALLOWED_HOSTS: ' , ' }, ['ALLOWED_HOSTS: expected names']],
  [
    'adapters this version does not have',
    { ...GOOD, DATABASE_URL: 'postgresql://app:s3cret@db:5432/edge?sslmode=on', KAFKA_BROKERS: 'kafka:9092' },
    [
      'DATABASE_URL: expected pglite: (this version has no Postgres adapter yet), got "postgresql://***@db:5432/edge?sslmode=on"',
      'KAFKA_BROKERS: expected memory: (this version has no Kafka adapter yet), got "kafka:9092"',
    ],
  ],
  [
    'a password in a parameter',
    { ...GOOD, DATABASE_URL: 'postgres://db/edge?user=app&password=s3cret' },
    ['got "postgres://db/edge?user=app&password=***"'],
  ],
  ['a password with the marks of a URL', { ...GOOD, DATABASE_URL: 'postgres://app:s3/c@ret@db/edge' }, ['got "postgres://***@db/edge"']],
  [
    'everything at once',
    { PORT: 'x', DATABASE_URL: 'mysql:', KAFKA_BROKERS: '', LOG_LEVEL: 'INFO' },
    ['PORT: ', 'DATABASE_URL: ', 'KAFKA_BROKERS: ', 'LOG_LEVEL: '],
  ],
];

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(ORIGIN_SETTINGS, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the environment of the origin', () => {
  it.each(BAD)('is refused with %s, naming each', (_title, environment, expected) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(expected.length);
    for (const [at, problem] of problems.entries()) expect(problem).toContain(expected[at]);
    expect(problems.join()).not.toMatch(/s3|ret@/);
  });

  it('falls back to the port of the seed and to loopback only', () => {
    expect(readConfig(ORIGIN_SETTINGS, { ...GOOD, PORT: undefined })).toMatchObject({
      PORT: 4000,
      BIND_ADDRESS: '127.0.0.1',
      LOG_LEVEL: 'info',
    });
    expect(readConfig(ORIGIN_SETTINGS, GOOD).ALLOWED_HOSTS).toEqual(['localhost', '127.0.0.1', '[::1]']);
  });

  it('is frozen once read', () => {
    expect(Object.isFrozen(readConfig(ORIGIN_SETTINGS, GOOD))).toBe(true);
  });
});
