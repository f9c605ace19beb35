import { describe, expect, it } from 'vitest';
import { createRandom, drawSeed, systemRandom } from './random.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DRAWS = 10_000;
const draws = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 20 }, () => random.next());
};

describe('a seeded random', () => {
  it('draws the same for ever', () => {
    expect(createRandom(42).next()).toBe(createRandom(42).next());
    expect(draws(42)).toEqual(draws(42));
    expect(draws(42)).not.toEqual(draws(43));
    // Written down: a change here changes every run that a report tells to reproduce.
    expect([createRandom(42).below(1_000_000), createRandom(42).uuid()]).toEqual([128_483, '4818a923-a01f-441a-adcf-3c3cac67f940']);
  });

  it('gives a stream of its own to each name, whatever is drawn from the others', () => {
    const plain = createRandom(7);
    const drawn = createRandom(7);
    for (let times = 0; times < 5; times += 1) {
      drawn.next();
      drawn.fork('workload').next();
    }
    expect(drawn.fork('faults').next()).toBe(plain.fork('faults').next());
    expect(plain.fork('faults').next()).not.toBe(plain.fork('network').next());
  });
});

describe.each([
  ['seeded', createRandom(1)],
  ['of the system', systemRandom],
])('a random %s', (_name, random) => {
  it('stays within its bounds', () => {
    for (let times = 0; times < DRAWS; times += 1) {
      const next = random.next();
      const below = random.below(3);
      expect(next >= 0 && next < 1 && [0, 1, 2].includes(below)).toBe(true);
    }
  });

  it('gives every value below a bound about its share', () => {
    const values = Array.from({ length: DRAWS }, () => random.below(4));
    for (const value of [0, 1, 2, 3]) {
      const share = values.filter((drawn) => drawn === value).length / DRAWS;
      expect(share).toBeCloseTo(0.25, 1);
    }
  });

  it('makes version 4 UUIDs, no two alike', () => {
    const uuids = Array.from({ length: 1_000 }, () => random.uuid());
    expect(new Set(uuids).size).toBe(uuids.length);
    for (const uuid of uuids) expect(uuid).toMatch(UUID);
  });
});

it('draws a whole seed below a million', () => {
  const seed = drawSeed();
  expect(Number.isInteger(seed) && seed >= 0 && seed < 1_000_000).toBe(true);
});
