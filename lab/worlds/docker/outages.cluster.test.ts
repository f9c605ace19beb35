/**
 * Outages that only real servers have, each under writes: afterwards every region serves what the origin holds, and
 * nothing went back.
 */

import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { TestCluster } from '../../../vitest-context.d.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import { type EdgeRead, need } from '../../system/edges/edge.ts';
import { type DockerTestWorld, startSharedWorld } from '../testing/docker-kit.ts';
import { readUntil, untilSettled } from '../testing/embedded-kit.ts';
import { Engine } from './engine.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
const KEYS = 10;
/** Ten times and more what is promised. */
const CONVERGED_MS_MAX = 60_000;
const KAFKA_AWAY_MS = 30_000;
const ORIGIN_CRASHES = 5;
/** Promised: none above two seconds. The rest is for a busy machine. */
const READ_MS_MAX = 4_000;
const WRITE_EVERY_MS = 200;
const READ_EVERY_MS = 50;

let test: DockerTestWorld;
let faults: ActiveFaults;
let ids: readonly number[] = [];

async function create(name: string, count: number): Promise<readonly number[]> {
  const drafts = Array.from({ length: count }, (_, at) => ({ slug: `${name}-${at}`, title: 't', body: 'b', tags: [] }));
  return Promise.all(drafts.map(async (draft) => (await test.clients.create(draft)).id));
}

async function untilConverged(): Promise<void> {
  await untilSettled(test, CONVERGED_MS_MAX);
  for (const id of ids) {
    const { version } = await test.clients.originVersion(id);
    for (const region of test.world.regions)
      await readUntil(
        { clients: test.clients, region, id },
        (read) => read.version === version && read.status === 'fresh',
        CONVERGED_MS_MAX,
      );
  }
}

const writeAll = () => Promise.all(ids.map((id) => test.clients.update(id, { body: `at ${Date.now()}` })));

async function writeFor(durationMs: number): Promise<number> {
  const begunMs = performance.now();
  let writes = 0;
  for (; performance.now() - begunMs < durationMs; writes += ids.length) {
    await writeAll();
    await sleep(systemClock, WRITE_EVERY_MS);
  }
  return writes;
}

interface TimedAnswer extends EdgeRead {
  readonly elapsedMs: number;
}

/** With a pause, and an edge that is overloaded asked again: 150 readers without would be what is tested. */
async function untilFresh(read: () => Promise<EdgeRead>, version: number, withinMs: number): Promise<void> {
  const begunMs = performance.now();
  for (;;) {
    const answer = await read().catch(() => undefined);
    if (answer?.version === version && answer.status === 'fresh') return;
    if (performance.now() - begunMs > withinMs) throw new Error(`version ${version} is not served after ${withinMs} ms`);
    await sleep(systemClock, READ_EVERY_MS);
  }
}

/** Reads the first key until it is told to stop; a read that fails fails the test. */
function readOn(region: string): () => Promise<readonly TimedAnswer[]> {
  const reads: TimedAnswer[] = [];
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const begunMs = performance.now();
      const read = await test.clients.edge(region).read(ids[0] ?? 0);
      reads.push({ ...read, elapsedMs: performance.now() - begunMs });
    }
  })();
  // A test that fails before it stops the reading shall fail with its own reason.
  reading.catch(() => {});
  return async () => {
    isOver = true;
    await reading;
    return reads;
  };
}

async function redis(region: string, ...words: readonly string[]): Promise<void> {
  const engine = await Engine.connect(process.env);
  const found = (await engine.containers(cluster.project)).find(({ service }) => service === `redis-${region}`);
  expect(await engine.execute(found?.id ?? '', words)).toMatchObject({ exitCode: 0 });
}

const injectFault = (fault: string, target: string) => faults.inject({ fault, target, parameters: {} });

describe.skipIf(provided === undefined)('the cluster', () => {
  beforeAll(async () => {
    test = await startSharedWorld(cluster);
    const t = () => systemClock.monotonicMs();
    faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
    ids = await create('outage', KEYS);
    await untilConverged();
  });
  afterEach(async () => {
    expect(await faults.healAll()).toEqual([]);
    await untilConverged();
  });
  afterAll(() => test?.close());

  it('without Kafka for half a minute takes every write, and publishes all of them afterwards, in order', async () => {
    await injectFault('kill', 'kafka');
    const writes = await writeFor(KAFKA_AWAY_MS);
    expect(writes).toBeGreaterThan(KEYS);
    expect((await test.clients.originMetrics()).outbox.pending).toBeGreaterThanOrEqual(writes);
    await faults.healAll();
    await untilConverged();
    for (const { region } of test.world.regions) {
      const { recent } = await need(test.clients.edge(region), 'metrics')();
      for (const target of new Set(recent.map((one) => one.target))) {
        const versions = recent.filter((one) => one.target === target).map(({ version }) => version ?? 0);
        expect(versions).toEqual([...versions].sort((one, other) => other - one));
      }
    }
  });

  it(`loses no write when the origin is cut off from Kafka and killed ${ORIGIN_CRASHES} times`, async () => {
    for (let crash = 0; crash < ORIGIN_CRASHES; crash += 1) {
      const [cut] = await injectFault('partition', 'origin<->kafka');
      await writeAll();
      const [killed] = await injectFault('kill', 'origin');
      await faults.heal(cut?.spec.id ?? '');
      await faults.heal(killed?.spec.id ?? '');
      await untilConverged();
    }
  });

  it.each(['pause', 'kill', 'restart'])(
    'reads on while a Redis is under %s, no read takes long, and no version goes back',
    async (fault) => {
      const stop = readOn('eu-west');
      await injectFault(fault, 'redis:eu-west');
      await writeFor(3_000);
      await faults.healAll();
      await untilConverged();
      const reads = await stop();
      const versions = reads.map(({ version }) => version);
      expect(versions).toEqual([...versions].sort((one, other) => one - other));
      expect(Math.max(...reads.map(({ elapsedMs }) => elapsedMs))).toBeLessThan(READ_MS_MAX);
    },
  );

  it('serves nothing from a Redis that came back with an older snapshot', async () => {
    await redis('eu-west', 'redis-cli', 'save');
    await redis('eu-west', 'test', '-s', '/data/dump.rdb');
    await writeAll();
    await untilConverged();
    const stop = readOn('eu-west');
    await injectFault('restart', 'redis:eu-west');
    await untilConverged();
    const versions = (await stop()).map(({ version }) => version);
    expect(versions).toEqual([...versions].sort((one, other) => one - other));
    await redis('eu-west', 'rm', '-f', '/data/dump.rdb');
  });

  it('brings 50 writes to 50 keys to every region after one delay, not after fifty', async () => {
    const burst = await create('burst', 50);
    const { clients, world } = test;
    const everywhere = (version: number, deadlineMs: number) =>
      Promise.all(
        world.regions.flatMap(({ region }) => burst.map((id) => untilFresh(() => clients.edge(region).read(id), version, deadlineMs))),
      );
    await everywhere(1, CONVERGED_MS_MAX);
    await Promise.all(burst.map((id) => clients.update(id, { body: 'new' })));
    // Fifty delays of ap-south are 30 s.
    await everywhere(2, 15_000);
  });
});
