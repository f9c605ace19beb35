/**
 * A world in which caches of others stand: real processes, every fault that they and their purgers take, and what is
 * left of them.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import { naiveTarget } from '../../targets/testing/naive.ts';
import { childrenOf } from '../../testing/children.ts';
import { readTopology, withRegionTarget } from '../../topology/topology.ts';
import { startEmbedded } from '../embedded/embedded.ts';
import { COMPOSE, readUntil, startTestWorld, type TestWorld, untilSettled } from '../testing/embedded-kit.ts';

const SETTLED_MS_MAX = 60_000;
const SEEN_MS_MAX = 30_000;
const OWN = 'us-east';
const NAIVE = 'eu-west';
const SHIELDED = 'ap-south';
/** One, one, and the shield of the second. */
const PROGRAMS = 3;

const startWorld = () =>
  startTestWorld(({ regions, ...topology }) => ({
    ...topology,
    regions: regions.map((region) => {
      if (region.region === OWN) return region;
      const target = naiveTarget(['fenced']);
      const own = withRegionTarget(region, target);
      return region.region === SHIELDED ? { ...own, target: { ...target, shield: 'purged-first' } } : own;
    }),
  }));

const { TMPDIR } = process.env;
let folder = '';
const leftOf = async () => (await readdir(folder)).filter((name) => name.startsWith('edgesync-naive-'));

let test: TestWorld;
let faults: ActiveFaults;
beforeAll(async () => {
  // Of its own: other tests run such caches at the same time.
  folder = await mkdtemp(join(tmpdir(), 'edgesync-launched-'));
  process.env['TMPDIR'] = folder;
  test = await startWorld();
  faults = new ActiveFaults({
    ...test,
    clock: systemClock,
    random: createRandom(1),
    t: () => systemClock.monotonicMs(),
    onChange: () => {},
  });
});
afterEach(async () => expect(await faults.healAll()).toEqual([]));
afterAll(async () => {
  await test.close();
  expect(await leftOf()).toEqual([]);
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
  await rm(folder, { recursive: true });
});

async function write(): Promise<number> {
  const slug = `naive-${systemClock.now()}-${Math.round(systemClock.monotonicMs() * 1000)}`;
  return (await test.clients.create({ slug, title: slug, body: 'one', tags: [slug] })).id;
}

const regionOf = (name: string) => {
  const found = test.world.regions.find(({ region }) => region === name);
  if (found === undefined) throw new TypeError(`expected ${name}`);
  return found;
};
const until = (id: number, version: number, name = NAIVE) =>
  readUntil({ ...test, region: regionOf(name), id }, (read) => read.version === version && read.status === 'fresh', SEEN_MS_MAX);

describe('a cache of others behind a shield', () => {
  it('asks the shield alone, which asks the upstream; both are purged', async () => {
    const edge = test.clients.edge(SHIELDED);
    const id = await write();
    await until(id, 1, SHIELDED);
    await test.clients.update(id, { title: 'two' });
    await until(id, 2, SHIELDED);
    await untilSettled(test, SETTLED_MS_MAX);
    await edge.read(id);
    // Started again it has nothing, and its shield has all: by its stamp an answer of the shield is one that is known.
    await test.world.control.kill(`edge:${SHIELDED}`);
    await test.world.control.start(`edge:${SHIELDED}`);
    expect(await edge.read(id)).toMatchObject({ version: 2, source: 'cache' });
  });
});

describe('a cache of others in a region', () => {
  it('stands beside ours, is read through its upstream, and purged by its purger', async () => {
    expect(test.world.regions.map(({ region, target }) => [region, target?.name])).toEqual([
      [OWN, undefined],
      [NAIVE, 'naive'],
      ['ap-south', 'naive'],
    ]);
    const id = await write();
    // The creation is purged, too.
    await untilSettled(test, SETTLED_MS_MAX);
    const [first] = await until(id, 1);
    const second = await test.clients.edge(NAIVE).read(id);
    expect([first?.source, second.source, second.cachedAt]).toEqual(['origin', 'cache', first?.cachedAt]);
    await test.clients.update(id, { body: 'two' });
    for (const name of [OWN, NAIVE, 'ap-south']) await until(id, 2, name);
    const metrics = await test.clients.edge(NAIVE).can.metrics?.();
    expect(metrics).toMatchObject({ region: NAIVE, log: { connected: true }, originFetches: expect.any(Number) });
    expect(metrics?.recent.map(({ target }) => target)).toContain(`content:${id}`);
  });

  it.each([
    ['kill', `edge:${NAIVE}`],
    ['pause', `edge:${NAIVE}`],
    ['restart', `edge:${NAIVE}`],
    ['isolate', `edge:${NAIVE}`],
    ['propagation-delay', `edge:${NAIVE}`],
    ['kill', `purger:${NAIVE}`],
    ['pause', `purger:${NAIVE}`],
    ['restart', `purger:${NAIVE}`],
    ['partition', `edge:${NAIVE}<->kafka`],
    ['partition', `edge:${NAIVE}->origin`],
    ['partition', `purger:${NAIVE}<->edge:${NAIVE}`],
    ['partition', `edge:${NAIVE}->purger:${NAIVE}`],
    ['latency', `purger:${NAIVE}->edge:${NAIVE}`],
    ['reset', `purger:${NAIVE}<->edge:${NAIVE}`],
  ])('%s at %s is seen in effect and seen gone, and nothing written meanwhile is lost', async (fault, target) => {
    const id = await write();
    await until(id, 1);
    const parameters = fault === 'latency' ? { latency: '200ms' } : fault === 'propagation-delay' ? { delay: '900ms' } : {};
    const [injected] = await faults.inject({ fault, target, parameters });
    expect(injected?.effect).toBe('confirmed');
    await test.clients.update(id, { body: 'two' });
    expect(await faults.healAll()).toEqual([]);
    await untilSettled(test, SETTLED_MS_MAX);
    expect((await until(id, 2)).at(-1)?.version).toBe(2);
  });

  it.each([
    ['kill', `redis:${NAIVE}`],
    ['flush', `redis:${NAIVE}`],
    ['kill', `purger:${OWN}`],
    ['partition', `purger:${OWN}<->edge:${OWN}`],
  ])('%s at %s cannot be: there is no such part', async (fault, target) => {
    await expect(faults.inject({ fault, target, parameters: {} })).rejects.toThrow(/cannot be injected at/);
    expect(await faults.healAll()).toEqual([]);
  });
});

describe('a start of a cache of others that never serves', () => {
  it('is over when it is not wanted any more: the program is told to end, and nothing of it is left', async () => {
    const [begun, told] = [join(folder, 'begun'), join(folder, 'told')];
    const script = `const { writeFileSync } = require('node:fs'); process.on('SIGTERM', () => { writeFileSync('${told}', ''); process.exit(); }); setInterval(() => {}, 1000); writeFileSync('${begun}', '');`;
    const command = [process.execPath, '-e', script, '<port>', '<upstream>'];
    const target = { ...naiveTarget([]), start: { ...naiveTarget([]).start, command } };
    const topology = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
    const regions = topology.regions.map((region) => withRegionTarget(region, target));
    const stop = new AbortController();
    const starting = startEmbedded({ topology: { ...topology, regions }, onStep: () => {}, variables: process.env, signal: stop.signal });
    const left = (await leftOf()).length;
    await vi.waitUntil(() => existsSync(begun), { timeout: SETTLED_MS_MAX });
    stop.abort(new Error('not wanted'));
    await expect(starting).rejects.toThrow('not wanted');
    // Whoever kills the host in place of stopping it tells nobody.
    expect(existsSync(told)).toBe(true);
    expect(await leftOf()).toHaveLength(left);
  });
});

describe('a cache of others that ends by itself', () => {
  it('is a world that is lost, with what it said; and nothing of the world is left', async () => {
    const lost = await startWorld();
    const folders = (await leftOf()).length;
    const [host] = (await childrenOf(process.pid)).slice(-1);
    const children = await childrenOf(host);
    const lines = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
    const program = children.find((_, at) => lines[at]?.includes('naive-cache'));
    process.kill(program ?? Number.NaN, 'SIGKILL');
    await expect(lost.world.lost).resolves.toMatch(/^(?:the shield of )?naive (?:of|in) (?:eu-west|ap-south): it ended \(SIGKILL\)/);
    await lost.close();
    expect((await leftOf()).length).toBe(folders - PROGRAMS);
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('the world, closed', () => {
  it('leaves no process and no folder', async () => {
    const other = await startWorld();
    await other.close();
    expect(await leftOf()).toHaveLength(PROGRAMS);
  });
});
