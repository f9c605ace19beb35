import { expect, test } from 'vitest';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Popularity } from './popularity.ts';

const HALF_LIFE_MS = 60_000;

function counted(keys: number): {
  readonly clock: VirtualClock;
  readonly popularity: Popularity;
  readonly read: (id: number, times?: number) => void;
} {
  const clock = new VirtualClock();
  const popularity = new Popularity({ clock, keys });
  const read = (id: number, times = 1) => {
    for (let at = 0; at < times; at += 1) popularity.count(id);
  };
  return { clock, popularity, read };
}

test('the most-read come first, and no more than are asked for', () => {
  const { popularity, read } = counted(2);
  for (const [id, times] of [
    [1, 3],
    [2, 9],
    [3, 5],
  ] as const)
    read(id, times);
  expect(popularity.top()).toEqual([2, 3]);
  expect([1, 2, 3, 4].map((id) => popularity.isTop(id))).toEqual([false, true, true, false]);
});

test('a count halves every minute', async () => {
  const { clock, popularity, read } = counted(1);
  read(1, 8);
  await clock.advance(3 * HALF_LIFE_MS);
  read(2, 1);
  // A count of 8 is 1 by now: the lower id comes first.
  expect(popularity.top()).toEqual([1]);
  read(2, 1);
  expect(popularity.top()).toEqual([2]);
});

test('counts stay right over a day of reads', async () => {
  const { clock, popularity, read } = counted(3);
  read(1, 1_000);
  await clock.advance(24 * 3_600_000);
  read(2);
  read(3, 2);
  expect(popularity.top()).toEqual([3, 2, 1]);
});

test('what is gone from the origin is not counted any more', () => {
  const { popularity, read } = counted(2);
  read(1, 5);
  read(2, 1);
  popularity.forget(1);
  expect(popularity.top()).toEqual([2]);
});

test('a scan of a million ids neither grows it nor drives out what is read most', () => {
  const { popularity, read } = counted(10);
  for (let id = 1; id <= 10; id += 1) read(id, 50);
  for (let id = 1_000; id < 1_001_000; id += 1) read(id);
  expect([...popularity.top()].sort((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(popularity.size).toBeLessThanOrEqual(40);
});

test('which are the most-read is asked for often: it is known for a second', async () => {
  const { clock, popularity, read } = counted(1);
  read(1, 2);
  expect(popularity.isTop(1)).toBe(true);
  read(2, 9);
  expect(popularity.isTop(2)).toBe(true);
  expect(popularity.isTop(1)).toBe(true);
  await clock.advance(1_001);
  expect(popularity.isTop(1)).toBe(false);
});
