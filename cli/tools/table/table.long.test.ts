/**
 * That the caches of this machine do what docs/caches.json says of their versions: of those that CI installs, and the
 * npm caches.
 */
import { expect, it } from 'vitest';
import { compareRows } from './compare.ts';
import { measureAll } from './measure.ts';
import { readRows } from './rows.ts';
import { findSubjects } from './subjects.ts';

const MS_MAX = 600_000;
const NPM = ['cache-manager', 'lru-cache', 'undici'];
const INSTALLED = ['redis-aside', 'redis-lease', 'squid', 'squid-collapsed', 'varnish', 'varnish-wait'];
/** Where CI has installed them they must be there. */
const MUST_HAVE = process.env['EDGESYNC_REQUIRE_DOCKER'] === '1';

it('the table of caches is what these caches do', { timeout: MS_MAX }, async () => {
  const { here, away } = await findSubjects([...NPM, ...INSTALLED], process.env);
  expect(MUST_HAVE ? away : []).toEqual([]);
  const measured = await measureAll(here, { variables: process.env, signal: new AbortController().signal });
  expect(measured.map(({ preset }) => preset)).toEqual(expect.arrayContaining(NPM));
  expect(compareRows(await readRows(), measured).differences).toEqual([]);
});
