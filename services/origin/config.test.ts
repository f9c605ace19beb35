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
    'a database and a log of other kinds',
    { ...GOOD, DATABASE_URL: 'mysql://app:s3cret@db:3306/edge', KAFKA_BROKERS: 'kafka' },
    [
      'DATABASE_URL: expected pglite: or a URL such as postgresql://user:password@host:5432/database, got "mysql://***@db:3306/edge"',
      'KAFKA_BROKERS: expected memory: or host:port of each broker, separated by commas, such as kafka:9092, got "kafka"',
    ],
  ],
  ['a database without a host', { ...GOOD, DATABASE_URL: 'postgresql:edge' }, ['DATABASE_URL: expected pglite: or a URL']],
  ['one broker of two without a port', { ...GOOD, KAFKA_BROKERS: 'one:9092,two' }, ['KAFKA_BROKERS: expected memory: or host:port']],
  ['a broker at a port too high', { ...GOOD, KAFKA_BROKERS: 'kafka:99999' }, ['KAFKA_BROKERS: ']],
  ['a broker with a scheme', { ...GOOD, KAFKA_BROKERS: 'kafka://kafka:9092' }, ['KAFKA_BROKERS: ']],
  [
    'a password in a parameter',
    { ...GOOD, DATABASE_URL: 'mysql://db/edge?user=app&password=s3cret' },
    ['got "mysql://db/edge?user=app&password=***"'],
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

  it.each([
    ['memory:', 'memory:'],
    ['kafka:9092', ['kafka:9092']],
    ['links:19090, 127.0.0.1:9,[::1]:65535', ['links:19090', '127.0.0.1:9', '[::1]:65535']],
  ])('takes KAFKA_BROKERS=%j', (text, expected) => {
    expect(readConfig(ORIGIN_SETTINGS, { ...GOOD, KAFKA_BROKERS: text }).KAFKA_BROKERS).toEqual(expected);
  });

  it.each(['pglite:', 'postgres://db/edge', 'postgresql://app:s3%2Fcret@links:15432/edge?sslmode=disable'])(
    'takes DATABASE_URL=%s',
    (url) => {
      expect(readConfig(ORIGIN_SETTINGS, { ...GOOD, DATABASE_URL: url }).DATABASE_URL).toBe(url);
    },
  );

  it('falls back to the port of the original EdgeSync and to loopback only', () => {
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
