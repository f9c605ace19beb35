/**
 * What changes while a lookup is under way: its answer is labelled by what held when it was judged, not by what holds
 * when it comes.
 */
import { describe, expect, test } from 'vitest';
import { contentAnswer, type ReaderRig, withReader } from './testing/reader.ts';

const REMEMBERED_MAX = 10_000;

interface HeldLookup {
  /** The cache has judged it; its answer is on the way. */
  readonly judged: Promise<void>;
  arrive(): void;
}

/**
 * The next lookup is judged at once, after what `meanwhile` does to the region, and its answer comes when the test says
 * so. Those after it are answered as ever.
 */
function holdNextLookup({ cache }: ReaderRig, meanwhile: () => void = () => {}): HeldLookup {
  const [judged, arrived] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const lookup = cache.lookup.bind(cache);
  cache.lookup = async (key) => {
    cache.lookup = lookup;
    meanwhile();
    const found = await lookup(key);
    judged.resolve();
    await arrived.promise;
    return found;
  };
  return { judged: judged.promise, arrive: () => arrived.resolve() };
}

/**
 * A read of content 1 whose lookup the cache has judged, after what `meanwhile` does; its answer is on the way until it
 * may arrive.
 */
async function beginRead(rig: ReaderRig, meanwhile?: () => void) {
  const lookup = holdNextLookup(rig, meanwhile);
  const reading = rig.reader.read(1);
  await lookup.judged;
  return { reading, arrive: lookup.arrive };
}

describe('the label of an answer', () => {
  test('is that of a region that was catching up when the cache was asked, though the last event is applied before the answer comes', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.catchingUp = true;
      const { reading, arrive } = await beginRead(rig);
      rig.write(1, 2, 'hard');
      rig.catchingUp = false;
      arrive();
      expect(await reading).toMatchObject({ entry: { version: 1 }, status: 'stale' });
    }));

  test('is that of a region that began to catch up, and had done so, while the answer was on its way', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      const { reading, arrive } = await beginRead(rig, () => {
        rig.catchingUp = true;
      });
      rig.write(1, 2, 'hard');
      rig.catchingUp = false;
      arrive();
      expect(await reading).toMatchObject({ entry: { version: 1 }, status: 'stale' });
    }));

  test('is that of a region that began to catch up while the answer was on its way', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      const { reading, arrive } = await beginRead(rig);
      rig.catchingUp = true;
      arrive();
      expect(await reading).toMatchObject({ entry: { version: 1 }, status: 'stale' });
    }));

  test('is fresh where the region was up to date all the while, though it caught up before', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.catchingUp = true;
      rig.catchingUp = false;
      const { reading, arrive } = await beginRead(rig);
      arrive();
      expect(await reading).toMatchObject({ entry: { version: 1 }, status: 'fresh' });
    }));
});

describe('after a newer version was answered while the cache was away', () => {
  test('no reader joins a fetch made without the cache that began before', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const first = rig.reader.read(1);
      await rig.clock.settle();
      rig.cache.away = false;
      const newer = rig.reader.read(1);
      await rig.clock.settle();
      rig.cache.away = true;
      rig.origin.held(1).content(2);
      expect((await newer).entry.version).toBe(2);
      const late = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(0).content(1);
      expect((await first).entry.version).toBe(1);
      rig.origin.fetches[2]?.content(2);
      expect((await late).entry.version).toBe(2);
    }));

  test('readers of one fetch do not end the next: they go on sharing', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const together = [1, 2, 3].map(() => rig.reader.read(1));
      await rig.clock.settle();
      rig.origin.held(0).content(2);
      const [first] = together;
      await first;
      const next = rig.reader.read(1);
      await Promise.all(together);
      const joining = rig.reader.read(1);
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(2);
      rig.origin.held(1).content(2);
      expect([(await next).entry.version, (await joining).entry.version]).toEqual([2, 2]);
    }));

  /** Version 1 of content 1 lies in the cache; versions 2 of it and of others were answered without it. */
  async function withMany(keys: number, use: (rig: ReaderRig) => Promise<void>): Promise<void> {
    await withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.origin.answer = async (id) => contentAnswer(id, 2);
      rig.cache.away = true;
      for (let id = 2; id < keys + 2; id += 1) await rig.reader.read(id);
      await use(rig);
    });
  }

  test('the answer of a lookup is held against what was remembered when it was asked, though it is forgotten meanwhile', () =>
    withMany(REMEMBERED_MAX - 1, async (rig) => {
      expect(await rig.readVersion(1)).toBe(2);
      rig.cache.away = false;
      const { reading, arrive } = await beginRead(rig);
      rig.cache.away = true;
      await rig.reader.read(REMEMBERED_MAX + 100);
      rig.cache.away = false;
      // One key too many: everything cached is made invalid, and what was remembered is forgotten.
      await rig.reader.read(3);
      arrive();
      expect((await reading).entry.version).toBe(2);
    }));

  test('so is one whose key found no room to be remembered', () =>
    withMany(REMEMBERED_MAX, async (rig) => {
      rig.cache.away = false;
      const { reading, arrive } = await beginRead(rig);
      rig.cache.away = true;
      expect(await rig.readVersion(1)).toBe(2);
      rig.cache.away = false;
      arrive();
      expect((await reading).entry.version).toBe(2);
    }));

  test('nor is that one served after others have made everything invalid', () =>
    withMany(REMEMBERED_MAX, async (rig) => {
      rig.cache.away = false;
      const { reading, arrive } = await beginRead(rig);
      rig.cache.away = true;
      expect(await rig.readVersion(1)).toBe(2);
      rig.cache.away = false;
      await rig.reader.read(3);
      arrive();
      expect((await reading).entry.version).toBe(2);
    }));
});
