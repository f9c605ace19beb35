/** `races`, as its users run it: our own edge, real Varnish and Squid where this machine has them, and mistakes. */
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { startProgram, untilGone } from '../testing/process.ts';
import { hasServer } from '../testing/servers.ts';

/** A dozen races take a second or three each. */
const RACES_MS_MAX = 240_000;

const json = z.object({
  backend: z.string().optional(),
  seed: z.number().optional(),
  targets: z.array(
    z.object({
      name: z.string(),
      broken: z.string().optional(),
      mistakes: z.array(z.string()),
      results: z.array(z.object({ race: z.string(), purge: z.string(), outcome: z.string(), steps: z.array(z.unknown()) })),
    }),
  ),
});

/** In a folder for temporary files of its own, which others may enter: some caches give up being root. */
async function races(...words: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
  await chmod(folder, 0o755);
  const { code, stdout, stderr } = await startProgram(['races', ...words, '--json'], { env: { TMPDIR: folder } }).ended;
  const left = await readdir(folder);
  await rm(folder, { recursive: true });
  const told = stdout === '' ? undefined : json.parse(JSON.parse(stdout)).targets;
  const outcomes = Object.fromEntries((told?.[0]?.results ?? []).map(({ race, outcome }) => [race, outcome]));
  return { code, stderr, told, outcomes, left };
}

const [hasVarnish, hasSquid, hasRedis] = await Promise.all(
  ['/usr/sbin/varnishd', '/usr/sbin/squid', '/usr/bin/redis-server'].map(hasServer),
);
const leftOf = async (name: string) => (await readdir(tmpdir())).filter((folder) => folder.startsWith(`edgesync-${name}-`));

describe.concurrent('races', { timeout: RACES_MS_MAX }, () => {
  it('of our own edge pass', async () => {
    const { code, told, outcomes } = await races('edgesync', '--race', 'plain', 'in-head', 'join', '--purge', 'key', 'soft-tag');
    expect([code, told?.[0]?.results.length]).toEqual([0, 6]);
    expect(outcomes).toEqual({ plain: 'ok', 'in-head': 'ok', join: 'ok' });
  });

  it('of our own edges pass in virtual time, which the seed says, and find a known bug', async () => {
    const words = ['races', 'edgesync', 'edgesync-lazy', '--backend', 'simulated', '--seed', '7', '--json'];
    const { code, stdout } = await startProgram(words).ended;
    const told = json.parse(JSON.parse(stdout));
    expect([code, told.backend, told.seed, told.targets.map(({ results }) => results.length)]).toEqual([0, 'simulated', 7, [48, 48]]);
    expect(new Set(told.targets.flatMap(({ results }) => results.map(({ outcome }) => outcome)))).toEqual(new Set(['ok']));
    expect((await startProgram(words).ended).stdout).toBe(stdout);
    const bug = ['--backend', 'simulated', '--mutant', 'unfenced-fill', '--race', 'in-head', '--purge', 'key'];
    const kept = await races('edgesync', ...bug);
    expect([kept.code, kept.outcomes]).toEqual([1, { 'in-head': 'kept' }]);
  });

  it('of our own edge draw a seed in virtual time, and their page says it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
    const words = ['races', 'edgesync', '--backend', 'simulated', '--race', 'plain', '--purge', 'key'];
    const { code, stderr } = await startProgram([...words, '--out', join(folder, 'out')]).ended;
    const [, seed] = /in virtual time, seed (\d+)/.exec(stderr) ?? [];
    expect([code, seed]).toEqual([0, expect.any(String)]);
    expect(await readFile(join(folder, 'out', 'report.html'), 'utf8')).toContain(`--seed ${seed}</code>`);
    expect(await readFile(join(folder, 'out', 'junit.xml'), 'utf8')).toContain(`<property name="seed" value="${seed}"`);
    await rm(folder, { recursive: true });
  });

  it('of our own edge in containers are 107 where no engine answers, with the remedy', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere.sock' };
    const { code, stdout, stderr } = await startProgram(['races', 'edgesync', '--backend', 'docker'], { env }).ended;
    expect([code, stdout]).toEqual([107, 'cache           purge\nedgesync  did not run\n']);
    expect(stderr).toMatch(/no Docker engine listens on \/nowhere\.sock\. Start it/);
  });

  it('of a cache of others are embedded, whatever the default of the environment is', async () => {
    const env = { EDGESYNC_BACKEND: 'docker', EDGESYNC_SEED: '3', DOCKER_HOST: 'unix:///nowhere.sock' };
    const words = ['lru-cache', 'edgesync', '--race', 'plain', '--purge', 'key'];
    const { code, stdout, stderr } = await startProgram(['races', ...words], { env }).ended;
    expect([code, stdout]).toEqual([107, 'cache            purge  plain\nlru-cache     hard key     ok\nedgesync   did not run      -\n']);
    expect(stderr).toContain('edgesync: no Docker engine listens');
  });

  it.runIf(hasVarnish)('of Varnish: it keeps the old version, unless its PURGE goes through lookup', async () => {
    const kept = await races('varnish', '--race', 'plain', 'in-head', 'in-body', '--purge', 'key');
    expect([kept.code, kept.outcomes]).toEqual([1, { plain: 'ok', 'in-head': 'kept', 'in-body': 'ok' }]);
    const waits = await races('varnish-wait', '--race', 'plain', 'in-head', '--purge', 'key');
    expect([waits.code, waits.outcomes]).toEqual([0, { plain: 'ok', 'in-head': 'waits' }]);
    expect([kept.left, waits.left]).toEqual([[], []]);
  });

  it.runIf(hasSquid)('of Squid: it keeps the old version, unless it collapses', async () => {
    const kept = await races('squid', '--race', 'plain', 'in-head', 'crowd');
    expect([kept.code, kept.outcomes]).toEqual([1, { plain: 'ok', 'in-head': 'kept', crowd: 'ok' }]);
    const waits = await races('squid-collapsed', '--race', 'plain', 'in-head');
    expect([waits.code, waits.outcomes]).toEqual([0, { plain: 'ok', 'in-head': 'waits' }]);
    expect([kept.left, waits.left]).toEqual([[], []]);
  });

  it('of npm caches: lru-cache does not store what was deleted meanwhile, cache-manager and undici do', async () => {
    const { code, told } = await races('lru-cache', 'cache-manager', 'undici', '--race', 'plain', 'in-head', '--purge', 'key');
    const outcomes = told?.map(({ name, results }) => [name, ...results.map(({ outcome }) => outcome)]);
    expect([code, outcomes]).toEqual([
      1,
      [
        ['lru-cache', 'ok', 'ok'],
        ['cache-manager', 'ok', 'kept'],
        ['undici', 'ok', 'kept'],
      ],
    ]);
  });

  it.runIf(hasRedis)('of a cache-aside over Redis: it keeps the old version, unless it takes a lease', async () => {
    const kept = await races('redis-aside', '--race', 'plain', 'in-head', '--purge', 'key', 'tag');
    const outcomes = kept.told?.[0]?.results.map(({ purge, race, outcome }) => `${purge} ${race} ${outcome}`);
    expect([kept.code, outcomes]).toEqual([
      1,
      ['hard key plain ok', 'hard key in-head kept', 'hard tag plain ok', 'hard tag in-head kept'],
    ]);
    const leased = await races('redis-lease', '--race', 'plain', 'in-head');
    expect([leased.code, leased.outcomes]).toEqual([0, { plain: 'ok', 'in-head': 'ok' }]);
    expect([kept.left, leased.left]).toEqual([[], []]);
  });

  it('print a table, and the first that was kept step by step', async () => {
    const { code, stdout, stderr } = await startProgram(['races', 'edgesync', '--race', 'plain', '--purge', 'key']).ended;
    expect([code, stdout]).toEqual([0, 'cache        purge  plain\nedgesync  hard key     ok\n']);
    expect(stderr).toContain('edgesync  plain         hard key      ok        version 2 after the purge');
  });

  it('take their words from the environment, and say when there is nothing to race', async () => {
    const env = { EDGESYNC_RACE: 'plain,untagged-304', EDGESYNC_PURGE: 'key' };
    const { code, stdout } = await startProgram(['races', 'edgesync'], { env }).ended;
    expect([code, stdout]).toEqual([0, 'cache        purge  plain\nedgesync  hard key     ok\n']);
    const nothing = await startProgram(['races', 'edgesync', '--race', 'untagged-304'], { env }).ended;
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      expect.stringContaining('edgesync: nothing to race: the requested races need a purge that the cache does not declare'),
    ]);
  });

  it('are 2 for a cache without a purge, and say so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
    const naive = join(import.meta.dirname, '../../lab/targets/testing/naive-cache.mjs');
    const file = join(folder, 'lasting.yaml');
    await writeFile(file, `version: 1\nname: lasting\nabout: a\nstart: { command: [<node>, ${naive}, "<port>", <upstream>] }\n`);
    const { code, stdout, stderr } = await startProgram(['races', file]).ended;
    expect([code, stdout]).toEqual([2, 'cache              purge\nlasting  nothing to race\n']);
    expect(stderr).toContain('lasting: nothing to race: the cache declares no purge');
    await rm(folder, { recursive: true });
  });

  it('leave their reports in a folder, for whom the umask says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
    const words = ['races', 'edgesync', '--race', 'plain', 'in-304', '--purge', 'key', '--out', join(folder, 'out')];
    expect((await startProgram(words).ended).code).toBe(0);
    const junit = await readFile(join(folder, 'out', 'junit.xml'), 'utf8');
    expect(junit).toContain('<testsuite name="edgesync" tests="3" failures="0" errors="0" skipped="0"');
    expect(junit).toContain('<testcase classname="edgesync-lab.races.edgesync.hard-key" name="plain"');
    expect(json.parse(JSON.parse(await readFile(join(folder, 'out', 'races.json'), 'utf8'))).targets).toHaveLength(1);
    expect(await readFile(join(folder, 'out', 'report.html'), 'utf8')).toContain('<h1>Races of edgesync</h1>');
    expect((await stat(join(folder, 'out', 'junit.xml'))).mode & 0o777).toBe(0o666 & ~process.umask());
    const again = await startProgram(words).ended;
    expect([again.code, again.stderr]).toEqual([104, expect.stringContaining('expected an empty folder')]);
    await rm(folder, { recursive: true });
  });

  it('are run as often as is asked for', async () => {
    const { code, told } = await races('edgesync', '--race', 'plain', 'in-head', '--purge', 'key', '--repeat', '3');
    const names = told?.[0]?.results.map(({ race, outcome }) => `${race} ${outcome}`);
    expect([code, names]).toEqual([0, [...Array.from({ length: 3 }, () => 'plain ok'), ...Array.from({ length: 3 }, () => 'in-head ok')]]);
  });

  it('are 2 for a program that is not here, and say how to get it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
    const file = join(folder, 'mine.yaml');
    const text = (command: string) =>
      `version: 1\nname: mine\nabout: a\npurge: { hard: { key: PURGE /api/content/<id> } }\nstart: { get: make it, command: [${command}, "<port>", "<upstream>"] }\n`;
    await writeFile(file, text('no-such-cache'));
    const { code, stderr } = await races(file);
    await writeFile(file, text('<node>, <worker>, mine, <package>').replace('get:', 'package: no-such-cache, get:'));
    const unpacked = await races(file);
    expect([unpacked.code, unpacked.stderr]).toEqual([
      2,
      expect.stringMatching(/mine did not start: the npm package no-such-cache is not in \S+, nor in a folder above; to get it: make it/),
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('mine: mine did not start: no-such-cache is not on this machine; to get it: make it'),
    ]);
    await rm(folder, { recursive: true });
  });

  it.each([
    ['a target that is none', ['varnsh'], 'did you mean varnish?'],
    ['a race that is none', ['edgesync', '--race', 'in-haed'], 'did you mean in-head?'],
    ['a purge that is none', ['edgesync', '--purge', 'soft-kye'], 'did you mean soft-key?'],
    ['a number of times that is none', ['edgesync', '--repeat', '0'], 'expected a whole number from 1 to 1000'],
    ['a cache of others in virtual time', ['varnish', '--backend', 'simulated'], 'expected edges of the lab (edgesync, '],
    ['a Redis in virtual time', ['edgesync-redis', '--backend', 'simulated'], 'edgesync-redis needs a Redis'],
    ['a seed elsewhere', ['edgesync', '--seed', '3'], '--seed: needs --backend simulated, got embedded'],
    ['a known bug elsewhere', ['edgesync', '--mutant', 'unfenced-fill'], 'needs --backend simulated, got embedded'],
    ['a known bug that is none', ['edgesync', '--backend', 'simulated', '--mutant', 'unfenced-fil'], 'did you mean unfenced-fill?'],
    ['no target', [], "missing required argument 'targets'"],
  ])('are 104 for %s', async (_what, words, message) => {
    const { code, stderr, told } = await races(...words);
    expect([code, told, stderr]).toEqual([104, undefined, expect.stringContaining(message)]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leave no process and no folder at %s', async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-races-'));
    const name = `slow-${signal.toLowerCase()}`;
    const [file, pidFile] = [join(folder, 'slow.yaml'), join(folder, 'pid')];
    const script = `require('node:fs').writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1000); process.on('SIGTERM', () => {});`;
    await writeFile(
      file,
      `version: 1\nname: ${name}\nabout: a\npurge: { hard: { key: PURGE /api/content/<id> } }\nstart:\n  command: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(script)}, "<port>", "<upstream>"]\n`,
    );
    const running = startProgram(['races', file]);
    await vi.waitUntil(() => readFile(pidFile, 'utf8').catch(() => ''), { timeout: RACES_MS_MAX });
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(await leftOf(name)).toHaveLength(1);
    running.child.kill(signal);
    expect((await running.ended).code).toBe(signal === 'SIGKILL' ? null : 105);
    await untilGone([pid]);
    await vi.waitUntil(async () => (await leftOf(name)).length === 0, { timeout: RACES_MS_MAX });
    await rm(folder, { recursive: true });
  });
});
