import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { need } from '../../system/edges/edge.ts';
import { undefinedWhenUnanswered } from '../../system/transport.ts';
import { childrenOf } from '../../testing/children.ts';
import { readUntil, startTestWorld, type TestWorld, type TimedRead, untilSettled } from '../testing/embedded-kit.ts';
import type { WorldStall } from '../world.ts';

/** Ten times what docs/figures.md promises: a test asserts the mechanism, a benchmark the time. */
const DEADLINE_MS = 10_000;
const STOPPED_MS = 400;
const STAMPEDES_MAX = 10;

let test: TestWorld;
beforeAll(async () => {
  test = await startTestWorld();
});
afterAll(() => test.close());

const isFresh = (version: number) => (read: TimedRead) => read.version === version && read.status === 'fresh';

describe('the walk-through of docs/http-api.md', () => {
  it('serves the three rows of the original EdgeSync from every region, first from the origin, then from the cache', async () => {
    for (const { region } of test.world.regions) {
      for (const id of [1, 2, 3]) {
        expect(await test.clients.edge(region).read(id)).toMatchObject({ found: true, version: 1, source: 'origin', status: 'fresh' });
        expect(await test.clients.edge(region).read(id)).toMatchObject({ found: true, version: 1, source: 'cache', status: 'fresh' });
      }
    }
  });

  it('keeps the old version until the delay has passed, then eager forgets it and lazy serves it once more as stale', async () => {
    const { world, clients } = test;
    await Promise.all(world.regions.map((region) => readUntil({ clients, region, id: 1 }, isFresh(1), DEADLINE_MS)));
    const sentMs = performance.now();
    await clients.update(1, { title: 'Updated: Cache Invalidation Patterns' });
    const seen = await Promise.all(
      world.regions.map(async (region) => ({ region, reads: await readUntil({ clients, region, id: 1 }, isFresh(2), DEADLINE_MS) })),
    );
    for (const { region, reads } of seen) {
      const tooEarly = reads.filter((read) => read.endMs < sentMs + region.delayMs);
      expect(tooEarly.every(isFresh(1)), `${region.region} changed before its delay`).toBe(true);
      const changes = reads.map(({ version, status }) => `${version} ${status}`).filter((label, at, all) => label !== all[at - 1]);
      const expected = region.strategy === 'eager' ? ['1 fresh', '2 fresh'] : ['1 fresh', '1 stale', '2 fresh'];
      expect(changes, region.region).toEqual(expected);
    }
  });
});

describe('the embedded world', () => {
  it('shows a browser the page of each service at /, and not while the service is frozen', async () => {
    const { world } = test;
    const open = async (url: string) => {
      const answer = await fetch(`${url}/`, { headers: { accept: 'text/html,*/*;q=0.8' } });
      return `${answer.status} ${/<h1>(.*)<\/h1>/.exec(await answer.text())?.[1]}`;
    };
    expect(await open(world.originUrl)).toBe('200 EdgeSync origin');
    for (const { region, url } of world.regions) expect(await open(url)).toBe(`200 EdgeSync edge ${region}`);
    const [frozen] = world.regions;
    if (frozen === undefined) throw new Error('expected a region');
    await world.control.pause(`edge:${frozen.region}`);
    const page = open(frozen.url);
    expect(await Promise.race([page, sleep(systemClock, STOPPED_MS).then(() => 'nothing')])).toBe('nothing');
    await world.control.resume(`edge:${frozen.region}`);
    expect(await page).toBe(`200 EdgeSync edge ${frozen.region}`);
  });

  it('brings 50 writes to 50 keys to every region after one delay, not after fifty', async () => {
    const { world, clients } = test;
    const ids = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => (await clients.create({ slug: `burst-${at}`, title: 't', body: 'b', tags: [] })).id),
    );
    await Promise.all(world.regions.flatMap((region) => ids.map((id) => readUntil({ clients, region, id }, isFresh(1), DEADLINE_MS))));
    await Promise.all(ids.map((id) => clients.update(id, { body: 'new' })));
    await Promise.all(world.regions.flatMap((region) => ids.map((id) => readUntil({ clients, region, id }, isFresh(2), DEADLINE_MS))));
  });

  it('asks the origin once per region for 1,000 concurrent misses on one key', async () => {
    const { world, clients } = test;
    const created = Array.from({ length: STAMPEDES_MAX }, (_, at) =>
      clients.create({ slug: `stampede-${at}`, title: 't', body: 'b', tags: [] }),
    );
    const ids = (await Promise.all(created)).map(({ id }) => id);
    // Its own event, applied in the middle, would rightly split the stampede in two.
    await untilSettled(test, DEADLINE_MS);
    for (const { region } of world.regions) {
      const edge = clients.edge(region);
      const asked = async () => (await need(edge, 'metrics')()).originFetches;
      const stampede = async (id: number) => {
        const before = await asked();
        const reads = await Promise.all(Array.from({ length: 1000 }, () => edge.read(id).catch(undefinedWhenUnanswered)));
        // A machine so busy that the edge gave up its fetch has shown nothing: whoever comes then asks again.
        return reads.some((read) => read === undefined) ? undefined : { reads, fetches: (await asked()) - before };
      };
      let seen: Awaited<ReturnType<typeof stampede>>;
      for (const id of ids) seen ??= await stampede(id);
      expect(seen?.reads.every((read) => read?.version === 1)).toBe(true);
      expect(seen?.fetches, region).toBe(1);
    }
  });

  it('applies 1,000 writes, 32 at a time, in every region', async () => {
    const { world, clients } = test;
    const applied = async () =>
      (await Promise.all(world.regions.map(({ region }) => need(clients.edge(region), 'metrics')()))).map(
        (edge) => edge.metrics.totalInvalidations,
      );
    await untilSettled(test, DEADLINE_MS);
    const before = await applied();
    let [sent, answered] = [0, 0];
    const writer = async () => {
      while (sent < 1000) {
        sent += 1;
        if ((await clients.update(2, { body: `write ${sent}` }).catch(undefinedWhenUnanswered)) !== undefined) answered += 1;
      }
    };
    await Promise.all(Array.from({ length: 32 }, writer));
    // A write that a busy machine left without an answer was made or not: the origin knows how many were.
    const look = async () => {
      const [counts, { version }] = [await applied(), await clients.heldAtOrigin(2)];
      return { version, counts: counts.map((count, at) => count - (before[at] ?? 0)) };
    };
    const deadline = performance.now() + DEADLINE_MS;
    let seen = await look();
    while (performance.now() < deadline && seen.counts.some((count) => count < seen.version - 1)) seen = await look();
    const made = seen.version - 1;
    expect(made).toBeGreaterThanOrEqual(answered);
    expect(made).toBeLessThanOrEqual(1000);
    expect(seen.counts).toEqual([made, made, made]);
    for (const region of world.regions) await readUntil({ clients, region, id: 2 }, isFresh(seen.version), DEADLINE_MS);
  });

  it('tells that its services stood still, for how long and when', async () => {
    const [host = 0] = await childrenOf(process.pid);
    const stoppedAt = systemClock.now();
    const told = Promise.withResolvers<WorldStall>();
    // A machine that is busy tells of others, too.
    const forget = test.world.onStall?.((stall) => {
      if (stall.endedAt > stoppedAt + STOPPED_MS / 2 && stall.lateMs > STOPPED_MS / 2) told.resolve(stall);
    });
    process.kill(host, 'SIGSTOP');
    await sleep(systemClock, STOPPED_MS);
    process.kill(host, 'SIGCONT');
    const { endedAt, lateMs } = await told.promise;
    forget?.();
    // On a busy machine it may have stood still from before.
    expect(endedAt).toBeGreaterThan(stoppedAt + STOPPED_MS / 2);
    expect(endedAt - lateMs).toBeLessThan(stoppedAt + STOPPED_MS / 2);
  });

  it('brings a deletion everywhere, lazy regions too, and never serves the content again', async () => {
    const { world, clients } = test;
    const { id } = await clients.create({ slug: 'deleted', title: 't', body: 'b', tags: [] });
    await Promise.all(world.regions.map((region) => readUntil({ clients, region, id }, isFresh(1), DEADLINE_MS)));
    const version = await clients.delete(id);
    for (const region of world.regions) {
      const reads = await readUntil({ clients, region, id }, (read) => !read.found, DEADLINE_MS);
      expect(reads.at(-1)).toMatchObject({ found: false, version, status: 'fresh' });
      expect(await clients.edge(region.region).read(id)).toMatchObject({ found: false, version });
    }
  });
});
