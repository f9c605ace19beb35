import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../runtime/config.ts';
import { PURGER_SETTINGS } from './config.ts';

const GOOD = {
  REGION_NAME: 'eu-west',
  CACHE_URL: 'https://cache:8443',
  PURGES: '{"hard":{"key":"PURGE /api/content/<id>"}}',
  POSITION_FILE: '/var/lib/purger/positions.json',
  KAFKA_BROKERS: 'kafka:9092',
} as const;

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(PURGER_SETTINGS, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const EXPECTED_JSON = 'expected JSON such as {"hard":{"key":"PURGE /api/content/<id>"}}';
const EXPECTED_PATH = 'expected a method and a path such as PURGE /api/content/<id>';
const EXPECTED_REQUEST = 'expected a request such as PURGE /api/content/<id>, or a map with request, headers and body';

describe('PURGES', () => {
  it.each([
    ['PURGE /<id>', EXPECTED_JSON],
    ['{"hard":', EXPECTED_JSON],
    ['7', EXPECTED_JSON],
    ['null', EXPECTED_JSON],
    ['[]', EXPECTED_JSON],
    ['{}', 'expected at least one purge, hard or soft'],
    ['{"hard":{}}', 'expected at least one purge, hard or soft'],
    ['{"hrd":{"key":"PURGE /<id>"}}', 'expected ok, hard and soft and nothing else, got hrd'],
    ['{"hard":{"kye":"PURGE /<id>"}}', 'hard: expected key, tag, pattern, all and nothing else, got kye'],
    ['{"hard":{"key":"PURGE content/<id>"}}', `hard.key: ${EXPECTED_PATH}`],
    ['{"hard":{"key":"purge /<id>"}}', `hard.key: ${EXPECTED_PATH}`],
    ['{"hard":{"key":"PURGE /<id>\\r\\nx: 1"}}', `hard.key: ${EXPECTED_PATH}`],
    ['{"hard":{"key":"PURGE /ü/<id>"}}', `hard.key: ${EXPECTED_PATH}`],
    ['{"soft":{"tag":{"request":"PURGE /","headers":{"x tag":"<tag>"}}}}', `soft.tag: ${EXPECTED_REQUEST}`],
    [
      '{"soft":{"tag":{"request":"PURGE /","headers":{"x-tag":"<tag>\\r\\nx: 1"}}}}',
      'soft.tag.headers.x-tag: expected the value of a header, in ASCII',
    ],
    ['{"hard":{"key":"PURGE /api/content"}}', 'hard.key: expected <id> in it'],
    ['{"hard":{"key":"PURGE /{id}"}}', 'hard.key: expected <id> in it'],
    ['{"soft":{"tag":"PURGE /<id>"}}', 'soft.tag: no such place <id> (there are <tag>)'],
    ['{"hard":{"all":"PURGE /<id>"}}', 'hard.all: no such place <id> (there are none)'],
    ['{"hard":{"key":"PURGE /<id>"},"ok":[]}', 'ok: expected one status or more, from 100 to 599'],
    ['{"hard":{"key":"PURGE /<id>"},"ok":[20]}', 'ok.0: expected a status from 100 to 599'],
    ['{"hard":{"key":"PURGE /<id>"},"ok":["200"]}', 'ok.0: expected a status from 100 to 599'],
    ['{"hard":{"key":"PURGE /<id>"},"ok":200}', 'ok: expected one status or more, from 100 to 599'],
  ])('%s is refused and says what is expected', (text, expected) => {
    expect(problemsOf({ ...GOOD, PURGES: text })).toEqual([`PURGES: ${expected}`]);
  });

  it('is told by no message: it may hold a token', () => {
    const PURGES = '{"hard":{"key":{"request":"PURGE /","headers":{"authorization":"Bearer s3cret"}}}}';
    expect(problemsOf({ ...GOOD, PURGES }).join()).not.toMatch(/s3|cret/);
    expect(problemsOf({ ...GOOD, PURGES: PURGES.slice(1) }).join()).not.toMatch(/s3|cret/);
  });

  it('has the statuses that most caches take a purge with', () => {
    expect(readConfig(PURGER_SETTINGS, GOOD).PURGES).toEqual({ ok: [200, 204], hard: { key: 'PURGE /api/content/<id>' } });
  });
});

describe('DELIVER', () => {
  it.each(['Repeat', 'twice', 'again', 'again:', 'again:5', 'again:5s', 'again:-5ms', 'again:600001ms', 'again:9999999ms', ' once'])(
    '%j is refused and says what is expected',
    (text) => {
      expect(problemsOf({ ...GOOD, DELIVER: text })).toEqual([
        `DELIVER: expected repeat, once, none or again:700ms, up to again:600000ms, got ${JSON.stringify(text)}`,
      ]);
    },
  );

  it.each([
    ['', { how: 'repeat' }],
    ['repeat', { how: 'repeat' }],
    ['once', { how: 'once' }],
    ['none', { how: 'none' }],
    ['again:700ms', { how: 'again', afterMs: [700] }],
    ['again:0ms', { how: 'again', afterMs: [0] }],
    ['again:600000ms', { how: 'again', afterMs: [600_000] }],
  ])('%j is taken', (text, deliver) => {
    expect(readConfig(PURGER_SETTINGS, { ...GOOD, DELIVER: text }).DELIVER).toEqual(deliver);
  });
});

describe('the environment of a purger', () => {
  it.each(['cache:80', 'ftp://cache', 'http://cache/path', 'http://cache/?a=b', 'http://user:s3cret@cache', 'http://'])(
    'is refused with the cache at %s',
    (text) => {
      const [problem, ...others] = problemsOf({ ...GOOD, CACHE_URL: text });
      expect(problem).toContain('CACHE_URL: expected an http: or https: URL with nothing after host and port');
      expect([problem, ...others].join()).not.toContain('s3cret');
      expect(others).toEqual([]);
    },
  );

  it('says all that must be set', () => {
    const keys = problemsOf({}).map((problem) => problem.split(':')[0]);
    expect(keys).toEqual(['REGION_NAME', 'CACHE_URL', 'PURGES', 'POSITION_FILE', 'KAFKA_BROKERS']);
  });

  it('falls back to what is safe', () => {
    expect(readConfig(PURGER_SETTINGS, GOOD)).toMatchObject({
      PURGER_PORT: 5100,
      DELIVER: { how: 'repeat' },
      PURGE_DEADLINE: 10_000,
      PROPAGATION_DELAY: 0,
      INVALIDATION_STRATEGY: 'eager',
      ADMIN_TOKEN: '',
      BIND_ADDRESS: '127.0.0.1',
    });
  });
});
