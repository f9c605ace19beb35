import { expect, it } from 'vitest';
import type { CacheEntry } from './cache.ts';
import { CacheStore } from './store.ts';

const LIFE = 'one';
const ENTRY: CacheEntry = {
  version: 1,
  content: null,
  etag: '"1"',
  fetchedAt: 0,
  freshUntil: 90_000,
  staleUntil: 90_000,
  expiresAt: 90_000,
};

it('lists the newest of very many entries, whatever of them was filled again or has expired', () => {
  const store = new CacheStore({ life: LIFE, markRetentionMs: 60_000 });
  const fill = (at: number, entry = ENTRY) => store.fill(`content:${at}`, entry, { clock: 0, life: LIFE }, 1);
  for (let at = 0; at < 50_000; at += 1) fill(at);
  fill(49_998);
  fill(3, { ...ENTRY, expiresAt: 5 });
  expect(store.versions(4, 10).map(({ key }) => key)).toEqual(['content:49998', 'content:49999', 'content:49997', 'content:49996']);
  expect(store.versions(100_000, 10).length).toBeGreaterThan(9_999);
  expect(store.lookup('content:17', 10).state).toBe('fresh');
});
