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

it('random walks say their seed, and are the same with it', () => {
  const walked = model('lease', 'walk', 'W1', '--runs', '3', '--seed', '21');
  expect(walked).toMatchObject({ status: 0, stdout: expect.stringMatching(/no violation: 3 walks, \d+ steps, seed 21/) });
  expect(model('lease', 'walk', 'W1', '--runs', '3', '--seed', '21')).toEqual(walked);
});

it.each([
  [[], 'expected a model (lease, protocol), got none'],
  [['members', 'hold'], 'expected a model (lease, protocol), got members'],
  [['toString'], 'expected a model (lease, protocol), got toString'],
  [['protocol'], 'expected break, hold, got nothing'],
  [['protocol', 'spare'], 'expected break, hold, got spare'],
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
  expect(stderr).toContain('npm run model -- protocol break|hold [NAME]');
});

it('says how it is used when asked', () => {
  expect(model('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run model -- lease') });
});
