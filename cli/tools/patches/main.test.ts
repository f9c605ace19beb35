/** The command: how it refuses what it cannot do. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

it.each([
  [['no-such-patch'], /^expected a patch \(.*always-lazy.*\), got no-such-patch$/],
  [['always-lazy', '--seeds', 'x'], /^--seeds: expected a number from 1 to 999999, got "x"$/],
  [['--nonsense'], /^Unknown option '--nonsense'/],
])('refuses %j with 104, and says how it is used', (words, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([104, '']);
  expect(stderr.split('\n')[0]).toMatch(message);
  expect(stderr).toContain('npm run patches -- [NAME …] [--seeds 200]');
});
