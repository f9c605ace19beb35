/** The command: what it prints and how it ends. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

function model(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('a rule taken out is violated, with a shortest trace', () => {
  const { status, stdout } = model('lease', 'break', 'L17');
  expect(stdout.split('\n').slice(0, 3)).toEqual([
    'L17 the lease is a flag cleared by a timer',
    '   violated: 35 states, 47 transitions, depth 4',
    '   age: v1 called fresh 4 after v2 was committed (bound 3)',
  ]);
  expect(status).toBe(0);
});

it('a rule of the protocol taken out is violated, with a shortest trace', () => {
  const { status, stdout } = model('protocol', 'break', 'B27');
  expect(stdout.split('\n')).toEqual([
    'B27 the mode of the strategy: a deletion in a lazy region',
    '   violated: 8 states, 9 transitions, depth 3',
    '   hard: answered v1, stale, from cache after the hard event of v2',
    '     1. DELETE commits v2',
    '     2. relay publishes the outbox',
    '     3. edge applies p0@0 deletion 2',
    '     4. GET (v1, stale, from cache)',
    '',
  ]);
  expect(status).toBe(0);
});

it('the protocol as it should stand holds', () => {
  const { status, stdout } = model('protocol', 'hold', 'H9-eager');
  expect(stdout).toContain('holds in every state: 1235 states, 2702 transitions');
  expect(status).toBe(0);
});

it('several members on one cache, a rule taken out: violated, with a shortest trace', () => {
  const { status, stdout } = model('members', 'break', 'N5');
  expect(stdout.split('\n')).toEqual([
    'N5 versions answered without the cache bind that member only',
    '   violated: 38 states, 37 transitions, depth 2',
    '   order: m1 answers v1, fresh, from the cache, though m0 had answered v2',
    '     1. [0] v2 committed, its event in p0',
    '     2. [0] m0 does not reach the cache and answers v2 of the origin',
    '     3. [0] time 1',
    '',
  ]);
  expect(status).toBe(0);
});

it.each([
  ['lease', 'W1'],
  ['members', 'W8'],
  ['protocol', 'W1-lazy'],
])('random walks of %s say their seed, and are the same with it', (name, suite) => {
  const walked = model(name, 'walk', suite, '--runs', '3', '--seed', '21');
  expect(walked).toMatchObject({ status: 0, stdout: expect.stringMatching(/no violation: 3 walks, \d+ steps, seed 21/) });
  expect(model(name, 'walk', suite, '--runs', '3', '--seed', '21')).toEqual(walked);
});

it.each([
  [[], 'expected a model (lease, members, protocol), got none'],
  [['member', 'hold'], 'expected a model (lease, members, protocol), got member'],
  [['toString'], 'expected a model (lease, members, protocol), got toString'],
  [['protocol'], 'expected break, hold, large, walk, got nothing'],
  [['members', 'spare'], 'expected break, hold, walk, power, got spare'],
  [['protocol', 'spare'], 'expected break, hold, large, walk, got spare'],
  [['protocol', 'hold', '--runs', '2'], 'hold is no random walk: it takes no --runs and no --seed'],
  [['lease', 'toString'], 'expected break, hold, spare, walk, power, got toString'],
  [['lease', 'spare', 'S9'], 'expected a suite (S1, S2, S3, S4), got S9'],
  [['lease', 'hold', 'H1', 'H2'], 'expected one suite, got 1 words more'],
  [['lease', 'hold', '--seed', '1'], 'hold is no random walk: it takes no --runs and no --seed'],
  [['lease', 'walk', '--runs', '0'], '--runs: expected a number from 1 to 999999999, got "0"'],
])('refuses %j with 104, and says how it is used', (words, message) => {
  const { status, stderr } = model(...words);
  expect([status, stderr.split('\n')[0]]).toEqual([104, message]);
  expect(stderr).toContain('npm run model -- lease break|hold|spare|walk|power [NAME]');
  expect(stderr).toContain('npm run model -- members break|hold|walk|power [NAME]');
  expect(stderr).toContain('npm run model -- protocol break|hold|large|walk [NAME]');
});

it('says how it is used when asked', () => {
  expect(model('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run model -- lease') });
});
