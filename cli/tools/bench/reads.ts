/** How long readers of a region wait while its cache is away, at a steady rate that does not wait for answers. */

import type { ActiveFaults } from '../../../lab/faults/active-faults.ts';
import { quantilesOf } from '../../../lab/history/quantiles.ts';
import type { TestWorld } from '../../../lab/worlds/testing/embedded-kit.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import type { Figure } from './figure.ts';

const READS_PER_SECOND = 50;
const OUTAGE_MS = 5_000;
const AFTER_MS = 2_000;
const REGION = 'eu-west';

export async function readsWithoutCache(test: TestWorld, faults: ActiveFaults, ids: readonly number[]): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const fault of ['pause', 'kill']) {
    const times = await readDuring(test, ids, async () => {
      await faults.inject({ fault, target: `redis:${REGION}`, parameters: {} });
      await sleep(systemClock, OUTAGE_MS);
      await faults.healAll();
      await sleep(systemClock, AFTER_MS);
    });
    const waited = quantilesOf(times);
    const what = `${fault} redis:${REGION} for ${OUTAGE_MS / 1000} s, ${times.length} reads`;
    figures.push(
      { what: `${what}: P99`, measured: `${waited?.p99} ms`, promised: '150 ms' },
      { what: `${what}: slowest`, measured: `${waited?.max} ms`, promised: '2 s' },
    );
  }
  return figures;
}

/** Failed reads count with the time they took to fail. */
async function readDuring({ clients }: TestWorld, ids: readonly number[], act: () => Promise<void>): Promise<readonly number[]> {
  const edge = clients.edge(REGION);
  const times: Promise<number>[] = [];
  const acting = { isOver: false };
  const acted = act().finally(() => {
    acting.isOver = true;
  });
  for (let sent = 0; !acting.isOver; sent += 1) {
    const begunMs = performance.now();
    const read = edge.read(ids[sent % ids.length] ?? 0).catch(() => undefined);
    times.push(read.then(() => performance.now() - begunMs));
    await sleep(systemClock, 1_000 / READS_PER_SECOND);
  }
  await acted;
  return Promise.all(times);
}
