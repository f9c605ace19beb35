/** How soon a burst of writes is served, and applied, in every region; and what a stampede costs the origin. */

import { quantilesOf } from '../../../lab/history/quantiles.ts';
import { need } from '../../../lab/system/edges/edge.ts';
import { startTestWorld, type TestWorld, untilSettled } from '../../../lab/worlds/testing/embedded-kit.ts';
import type { WorldRegion } from '../../../lab/worlds/world.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import type { Figure } from './figure.ts';

const KEYS = 50;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 5;
const WRITES = 1000;
const WRITERS = 32;
const MISSES = 1000;
const DEADLINE_MS = 60_000;
/** Without a pause 150 readers would measure their own queue. */
const POLL_MS = 30;
const ALLOWANCE_MS = 250;

/** Time after `since` at which the last key was first answered with the version, fresh. */
async function servedAfter(test: TestWorld, region: WorldRegion, ids: readonly number[], version: number, since: number): Promise<number> {
  const times = await Promise.all(
    ids.map(async (id) => {
      while (performance.now() - since < DEADLINE_MS) {
        // An edge that is overloaded says so; what it serves in the end is measured.
        const read = await test.clients
          .edge(region.region)
          .read(id)
          .catch(() => undefined);
        if (read !== undefined && read.version >= version && read.status === 'fresh') return performance.now() - since;
        await sleep(systemClock, POLL_MS);
      }
      throw new Error(`${region.region} does not serve version ${version} of content ${id} after ${DEADLINE_MS} ms`);
    }),
  );
  return Math.max(0, ...times);
}

/**
 * Time after `since` until the edge has applied `count` invalidations more than `before`, with nothing left in its log.
 */
async function appliedAfter(test: TestWorld, region: WorldRegion, target: number, since: number): Promise<number> {
  while (performance.now() - since < DEADLINE_MS) {
    const { metrics, log } = await need(test.clients.edge(region.region), 'metrics')();
    if (metrics.totalInvalidations >= target && log.lag === 0) return performance.now() - since;
  }
  throw new Error(`${region.region} has not applied everything after ${DEADLINE_MS} ms`);
}

function figure(what: string, elapsedMs: number, { delayMs }: WorldRegion, allowanceMs: number): Figure {
  return { what, measured: `${elapsedMs.toFixed(0)} ms`, promised: `${delayMs} + ${allowanceMs} ms` };
}

/** The median of five bursts, after one that warms everything up. */
export async function writesToManyKeys(test: TestWorld, allowanceMs = ALLOWANCE_MS): Promise<Figure[]> {
  const { clients, world } = test;
  const create = async (at: number) => (await clients.create({ slug: `bench-${at}`, title: 't', body: 'b', tags: [] })).id;
  const ids = await Promise.all(Array.from({ length: KEYS }, (_, at) => create(at)));
  await Promise.all(world.regions.map((region) => servedAfter(test, region, ids, 1, performance.now())));
  const rounds: number[][] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    await Promise.all(ids.map((id) => clients.update(id, { body: `round ${round}` })));
    const answeredAt = performance.now();
    rounds.push(await Promise.all(world.regions.map((region) => servedAfter(test, region, ids, round + 2, answeredAt))));
  }
  return world.regions.map((region, at) =>
    figure(
      `${KEYS} writes to ${KEYS} keys served in ${region.region} after the last answer`,
      quantilesOf(rounds.slice(WARM_UP_ROUNDS).map((times) => times[at] ?? Number.NaN))?.p50 ?? Number.NaN,
      region,
      allowanceMs,
    ),
  );
}

async function manyWrites(test: TestWorld): Promise<Figure[]> {
  const { clients, world } = test;
  await untilSettled(test, DEADLINE_MS);
  const appliedIn = async ({ region }: WorldRegion) => (await need(clients.edge(region), 'metrics')()).metrics.totalInvalidations;
  const before = await Promise.all(world.regions.map(appliedIn));
  let sent = 0;
  const writer = async () => {
    while (sent < WRITES) {
      sent += 1;
      await clients.update(1 + (sent % 3), { body: `write ${sent}` });
    }
  };
  const begunAt = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, writer));
  const answeredAt = performance.now();
  const rate = {
    what: `${WRITES} writes, ${WRITERS} at a time: accepted by the origin`,
    measured: `${((1000 * WRITES) / (answeredAt - begunAt)).toFixed(0)} /s`,
    promised: '(none)',
  };
  const applied = world.regions.map(async (region, at) =>
    figure(
      `${WRITES} writes applied in ${region.region} after the last answer`,
      await appliedAfter(test, region, (before[at] ?? 0) + WRITES, answeredAt),
      region,
      500,
    ),
  );
  return [rate, ...(await Promise.all(applied))];
}

async function stampede(test: TestWorld): Promise<Figure[]> {
  const { clients, world } = test;
  const { id } = await clients.create({ slug: 'bench-stampede', title: 't', body: 'b', tags: [] });
  await untilSettled(test, DEADLINE_MS);
  const figures: Figure[] = [];
  for (const { region } of world.regions) {
    const edge = clients.edge(region);
    const before = (await need(edge, 'metrics')()).originFetches;
    await Promise.all(Array.from({ length: MISSES }, () => edge.read(id)));
    const fetches = (await need(edge, 'metrics')()).originFetches - before;
    figures.push({
      what: `origin requests for ${MISSES} concurrent misses on one key in ${region}`,
      measured: String(fetches),
      promised: '1',
    });
  }
  return figures;
}

export async function burst(): Promise<readonly Figure[]> {
  const test = await startTestWorld();
  try {
    return [...(await writesToManyKeys(test)), ...(await manyWrites(test)), ...(await stampede(test))];
  } finally {
    await test.close();
  }
}
