import { expect, it } from 'vitest';
import { Recent } from './recent.ts';

it('keeps the last twenty, newest first', () => {
  const recent = new Recent<number>();
  for (let n = 1; n <= 25; n += 1) recent.add(n);
  expect(recent.list()).toEqual(Array.from({ length: 20 }, (_, at) => 25 - at));
});

it('answers a list that stands still while more are added', () => {
  const recent = new Recent<number>();
  recent.add(1);
  const before = recent.list();
  recent.add(2);
  expect(before).toEqual([1]);
});
