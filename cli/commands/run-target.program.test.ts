/**
 * `run` over caches of others, as its users run it: real Varnish and Squid where this machine has them, mistakes, and
 * what stays behind.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { labEvent, type Summary } from '../../lab/report/events.ts';
import { naiveTarget } from '../../lab/targets/testing/naive.ts';
import { childrenOf } from '../../lab/testing/children.ts';
import { startProgram, untilGone } from '../testing/process.ts';
import { hasServer } from '../testing/servers.ts';

const RUN_MS_MAX = 240_000;
const LEFT_MS_MAX = 60_000;
const [hasVarnish, hasSquid] = await Promise.all(['/usr/sbin/varnishd', '/usr/sbin/squid'].map(hasServer));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-targets-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The cache of a few lines, under a name of its own. */
async function naiveFile(name: string, ...behaviours: readonly string[]): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  const { start } = naiveTarget(behaviours);
  const purge = '{ hard: { key: PURGE /api/content/<id> } }';
  await writeFile(file, `version: 1\nname: ${name}\nabout: a\npurge: ${purge}\nstart: { command: ${JSON.stringify(start.command)} }\n`);
  return file;
}

/** For temporary files, of one program alone: what is left there is of that one. */
const ownFolder = () => mkdtemp(join(folder, 'tmp-'));

async function run(...words: readonly string[]) {
  const own = await ownFolder();
  const { code, stdout, stderr } = await startProgram(['run', ...words, '--ports', 'auto', '--json'], { env: { TMPDIR: own } }).ended;
  // Where a busy machine let the services take too long to close, they were killed: what they left is removed a moment
  // later.
  await vi.waitFor(async () => expect(await readdir(own)).toEqual([]), { timeout: LEFT_MS_MAX });
  const events =
    stdout === ''
      ? []
      : stdout
          .trimEnd()
          .split('\n')
          .map((line) => labEvent.parse(JSON.parse(line)));
  const summary = events.findLast((event): event is Summary => event.type === 'Summary');
  const verdicts = Object.fromEntries((summary?.checks ?? []).map(({ check, verdict }) => [check, verdict]));
  return { code, stderr, summary, verdicts, anomalies: events.filter((event) => event.type === 'Anomaly') };
}

describe.concurrent('run --target', { timeout: RUN_MS_MAX }, () => {
  it.runIf(hasVarnish)(
    'fails for Varnish, which keeps what is purged while it is fetched, and names region, key and purge or write',
    async () => {
      const { code, anomalies, verdicts } = await run('written-while-fetched', '--target', 'varnish', '--seed', '3', '--duration', '12s');
      expect(code).toBe(1);
      expect(verdicts).toMatchObject({ 'stale-after-bound': 'fail', 'lost-write': 'pass' });
      expect(verdicts).not.toHaveProperty('refill-storm');
      expect(anomalies[0]?.explain).toMatch(/^expected .* in (us-east|eu-west|ap-south), got version \d+ labelled fresh from the cache/);
    },
  );

  it.runIf(hasVarnish)('does not fail for Varnish with a PURGE that goes through lookup', async () => {
    const { code, anomalies } = await run('written-while-fetched', '--target', 'varnish-wait', '--seed', '3', '--duration', '12s');
    expect(anomalies).toEqual([]);
    // A busy machine may keep it from judging, and says so.
    expect([0, 2]).toContain(code);
  });

  it.runIf(hasVarnish && hasSquid)(
    'has one cache in one region and another in the next, and each is purged again until it answers',
    async () => {
      const mix = ['--target', 'squid', '--target', 'us-east=varnish,ap-south=edgesync'];
      const { code, anomalies, summary } = await run('purge-answer-lost', ...mix, '--seed', '5');
      expect(anomalies).toEqual([]);
      expect([0, 2]).toContain(code);
      expect(summary?.heal).toEqual({ clean: true, left: [] });
    },
  );

  it('loses what is sent once and has no answer, with any cache', async () => {
    const { code, verdicts, anomalies } = await run('fire-and-forget', '--target', await naiveFile('once', 'fenced'), '--seed', '3');
    expect(code).toBe(1);
    expect(verdicts).toMatchObject({ 'lost-invalidation': 'fail', divergence: 'fail', 'lost-write': 'pass' });
    const lost = anomalies.filter(({ anomaly }) => anomaly === 'lost-invalidation' || anomaly === 'divergence');
    expect(lost.filter(({ region }) => region !== 'eu-west')).toEqual([]);
  });

  it('saves a history that says which cache stood where, and is judged again as it was', async () => {
    const out = join(folder, 'saved');
    const words = ['written-while-fetched', '--target', await naiveFile('saved'), '--seed', '3', '--duration', '8s', '--out', out];
    const { code } = await run(...words);
    const file = join(out, 'written-while-fetched', 'history.ndjson');
    const [head = ''] = (await readFile(file, 'utf8')).split('\n');
    expect(JSON.parse(head)).toMatchObject({ targets: { 'us-east': 'saved', 'eu-west': 'saved', 'ap-south': 'saved' } });
    expect((await startProgram(['analyze', file]).ended).code).toBe(code);
    const shrunk = await startProgram(['shrink', file]).ended;
    expect([shrunk.code, shrunk.stderr]).toEqual([104, expect.stringContaining('expected a run of our own edges, got one of saved')]);
  });

  it.each([
    ['a target that is none', ['baseline', '--target', 'varnsh'], 'did you mean varnish?'],
    ['a region that is none', ['baseline', '--target', 'eu-wset=squid'], 'did you mean eu-west?'],
    ['a redis of a cache that has none', ['redis-outage', '--target', 'NAIVE'], 'has no redis'],
    ['a purger where nothing is purged', ['purge-answer-lost'], 'use --target for another cache'],
    ['a delivery where nothing is purged', ['fire-and-forget', '--target', 'eu-west=edgesync'], 'use --target for another cache'],
    ['a shield where nothing is purged', ['shield-first'], 'use --target for another cache'],
    ['virtual time', ['baseline', '--target', 'NAIVE', '--backend', 'simulated'], 'needs a world of docker or embedded'],
    ['Docker', ['baseline', '--target', 'NAIVE', '--backend', 'docker'], 'the label edgesync.target of a service of compose.yaml names'],
  ])('is refused with 104 before anything starts: %s', async (_what, words, message) => {
    const file = await naiveFile(`refused-${words.join('-').replaceAll(/[^a-z]+/g, '-')}`.slice(0, 40));
    const { code, summary } = await run(...words.map((word) => (word === 'NAIVE' ? file : word)));
    expect([code, summary?.error]).toEqual([104, expect.stringContaining(message)]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves no process and no folder at %s', async (signal) => {
    const name = `left-${signal.toLowerCase()}`;
    const own = await ownFolder();
    const running = startProgram(['run', 'baseline', '--target', await naiveFile(name), '--ports', 'auto', '--details'], {
      env: { TMPDIR: own },
    });
    await running.says('steady');
    const [host] = await childrenOf(running.child.pid);
    const pids = [host ?? 0, ...(await childrenOf(host))];
    // A program and its keeper in each region.
    expect(pids).toHaveLength(7);
    running.child.kill(signal);
    expect((await running.ended).code).toBe(signal === 'SIGKILL' ? null : 105);
    await untilGone(pids);
    await vi.waitUntil(async () => (await readdir(own)).length === 0, { timeout: RUN_MS_MAX });
  });
});
