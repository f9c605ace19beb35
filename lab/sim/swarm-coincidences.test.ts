/** What seeds with a coincidence are: some of them, each of one kind, again and again. */
import { expect, it } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import { drawCoincidence } from './swarm-coincidences.ts';

const REGIONS = ['us-east', 'eu-west'];
const DURATION_MS = 60_000;
const DRAWN = Array.from({ length: 200 }, (_, seed) => drawCoincidence(createRandom(seed).fork('coincidence'), REGIONS, DURATION_MS));

it('one seed in some has a coincidence, every kind is drawn, and each comes several times before the load ends', () => {
  const found = DRAWN.filter((drawn) => drawn !== undefined);
  expect(found.length).toBeGreaterThan(20);
  expect(found.length).toBeLessThan(80);
  const kinds = new Set<string>();
  for (const { method } of found) {
    const faults = method.filter(({ fault }) => fault !== 'latency');
    kinds.add([...new Set(faults.map(({ fault }) => fault))].sort().join('+'));
    expect(faults.length).toBeGreaterThan(5);
    expect(method.map(({ atMs }) => atMs)).toEqual(method.map(({ atMs }) => atMs).sort((one, other) => one - other));
    for (const { atMs } of faults) expect(atMs).toBeLessThan(DURATION_MS);
  }
  expect([...kinds].sort()).toEqual(['kill+partition', 'restart+truncate-log', 'torn-batch']);
});
