/** The set of hashes holds what was added, across its growth. */
import { expect, it } from 'vitest';
import { HashSet, hashOf } from './hash-set.ts';

it('holds what was added once, also after it has grown', () => {
  const set = new HashSet();
  const count = 700_000;
  let added = 0;
  for (let index = 0; index < count; index += 1) added += set.add(hashOf(`state ${index}`)) ? 1 : 0;
  let again = 0;
  for (let index = 0; index < count; index += 1) again += set.add(hashOf(`state ${index}`)) ? 1 : 0;
  expect([added, again, set.size]).toEqual([count, 0, count]);
});

it('holds a hash of 0, which is what an empty slot has', () => {
  const set = new HashSet();
  expect([set.add(0), set.add(0), set.size]).toEqual([true, false, 1]);
});
