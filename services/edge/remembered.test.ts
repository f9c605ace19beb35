import { describe, expect, test } from 'vitest';
import { RememberedVersions } from './remembered.ts';

const KEYS_MAX = 10_000;

function createFull(): RememberedVersions {
  const remembered = new RememberedVersions();
  for (let at = 0; at < KEYS_MAX; at += 1) remembered.remember(`key ${at}`, 2);
  return remembered;
}

async function countFlushes(remembered: RememberedVersions, readers = 1): Promise<number> {
  let flushes = 0;
  const flush = async () => {
    flushes += 1;
  };
  await Promise.all(Array.from({ length: readers }, () => remembered.ready(flush)));
  return flushes;
}

describe('RememberedVersions', () => {
  test('the highest version answered is the lowest that may be served', () => {
    const remembered = new RememberedVersions();
    for (const version of [2, 5, 3]) remembered.remember('key', version);
    expect([remembered.minimum('key'), remembered.minimum('other')]).toEqual([5, 0]);
  });

  test('when it is full, known keys still rise and no flush is needed', async () => {
    const remembered = createFull();
    remembered.remember('key 0', 3);
    expect(remembered.minimum('key 0')).toBe(3);
    expect(await countFlushes(remembered)).toBe(0);
  });

  test('one key more needs a flush: one, however many ask, and none afterwards', async () => {
    const remembered = createFull();
    remembered.remember('one more', 2);
    expect(await countFlushes(remembered, 100)).toBe(1);
    expect(await countFlushes(remembered, 100)).toBe(0);
    expect(remembered.minimum('key 0')).toBe(0);
  });

  test('what is answered while the flush is under way is remembered', async () => {
    const remembered = createFull();
    remembered.remember('one more', 2);
    await remembered.ready(async () => void remembered.remember('one more', 7));
    expect(remembered.minimum('one more')).toBe(7);
  });

  test('a flush that failed, or was too early for an answer that found no room, is made again', async () => {
    const remembered = createFull();
    remembered.remember('one more', 2);
    await expect(remembered.ready(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await remembered.ready(async () => {
      for (let at = 0; at <= KEYS_MAX; at += 1) remembered.remember(`another ${at}`, 2);
    });
    expect(await countFlushes(remembered)).toBe(1);
  });

  test('what the cache was told is forgotten, but for a version that was answered while it was told', async () => {
    const remembered = new RememberedVersions();
    for (const key of ['key', 'other']) remembered.remember(key, 2);
    const taking = Promise.withResolvers<void>();
    const told: ReadonlyMap<string, number>[] = [];
    const tell = () =>
      remembered.tell(async (versions) => {
        told.push(versions);
        await taking.promise;
      });
    tell();
    remembered.remember('key', 3);
    taking.resolve();
    await new Promise(setImmediate);
    expect([remembered.minimum('key'), remembered.minimum('other')]).toEqual([3, 0]);
    tell();
    expect(told.at(-1)).toEqual(new Map([['key', 3]]));
  });
});
