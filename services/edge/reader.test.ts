/** Misses and fills: who shares a fetch, and what is stored of it. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { type ReaderRig, withReader } from './testing/reader.ts';

const PURGES: { title: string; purge: (rig: ReaderRig) => void }[] = [
  { title: 'U4: a hard purge of the key', purge: (rig) => rig.apply({ type: 'key', target: contentKey(1), mode: 'hard' }) },
  { title: 'U4: a hard write', purge: (rig) => rig.write(1, 2, 'hard') },
  {
    title: 'U3: a hard purge of a tag, whatever tags the answer will have',
    purge: (rig) => rig.apply({ type: 'tag', target: 'news', mode: 'hard' }),
  },
  { title: 'U3: a hard purge of a pattern', purge: (rig) => rig.apply({ type: 'pattern', target: 'content:*', mode: 'hard' }) },
  { title: 'a hard purge of everything', purge: (rig) => rig.apply({ type: 'all', target: '*', mode: 'hard' }) },
  { title: 'another life of the cache', purge: (rig) => rig.server.restart() },
];

describe('a miss', () => {
  test('is fetched, stored and answered; the next read is a hit', () =>
    withReader(async (rig) => {
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(0).content(1);
      expect(await reading).toMatchObject({
        source: 'origin',
        status: 'fresh',
        forwarded: { reason: 'miss', stored: true, collapsed: false },
      });
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { version: 1 } });
      expect(rig.origin.fetches.length).toBe(1);
    }));

  test('of 1,000 readers at once on one key makes exactly one fetch', () =>
    withReader(async (rig) => {
      const readings = Array.from({ length: 1_000 }, () => rig.reader.read(1));
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(1);
      rig.origin.held(0).content(1);
      const answers = await Promise.all(readings);
      expect(new Set(answers.map(({ entry }) => entry.version))).toEqual(new Set([1]));
      expect(answers.filter(({ forwarded }) => forwarded?.collapsed).length).toBe(999);
      expect(rig.meter.snapshot()).toMatchObject({ coalesced: 999, originFetches: 1 });
    }));

  test('keeps the time at which the origin was asked, not that of its answer', () =>
    withReader(async (rig) => {
      const askedAt = rig.clock.now();
      const reading = rig.reader.read(1);
      await rig.clock.advance(1_500);
      rig.origin.held(0).content(1);
      expect((await reading).entry.fetchedAt).toBe(askedAt);
    }));
});

/** So that a clock of this life is above the fence of the next. */
function letClockRun(rig: ReaderRig): void {
  for (let version = 2; version < 10; version += 1) rig.write(9, version, 'hard');
}

describe('the stale-set race', () => {
  for (const { title, purge } of PURGES) {
    test(`what was read before it is not stored after it: ${title}`, () =>
      withReader(async (rig) => {
        letClockRun(rig);
        const reading = rig.reader.read(1);
        await rig.clock.settle();
        purge(rig);
        rig.origin.held(0).content(1, ['news']);
        expect((await reading).forwarded).toMatchObject({ stored: false });
        const next = rig.reader.read(1);
        await rig.clock.settle();
        rig.origin.held(1).content(2, ['news']);
        expect(await next).toMatchObject({ source: 'origin', entry: { version: 2 } });
        expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { version: 2 } });
      }));

    test(`a reader who comes after it does not join the older fetch: ${title}`, () =>
      withReader(async (rig) => {
        letClockRun(rig);
        const before = rig.reader.read(1);
        await rig.clock.settle();
        purge(rig);
        const after = [rig.reader.read(1), rig.reader.read(1)];
        await rig.clock.settle();
        expect(rig.origin.fetches.length).toBe(2);
        rig.origin.held(0).content(1, ['news']);
        rig.origin.held(1).content(2, ['news']);
        expect((await before).entry.version).toBe(1);
        for (const { entry } of await Promise.all(after)) expect(entry.version).toBe(2);
        expect(await rig.readVersion(1)).toBe(2);
      }));

    test(`nor is it overtaken by the older fetch when that lands last: ${title}`, () =>
      withReader(async (rig) => {
        letClockRun(rig);
        const before = rig.reader.read(1);
        await rig.clock.settle();
        purge(rig);
        const after = rig.reader.read(1);
        await rig.clock.settle();
        rig.origin.held(1).content(2, ['news']);
        await after;
        rig.origin.held(0).content(1, ['news']);
        await before;
        expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { version: 2 } });
      }));
  }

  test('a soft write during the fetch refuses nothing: what was read before it is stored, and reads as stale', () =>
    withReader(async (rig) => {
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.write(1, 2, 'soft');
      rig.origin.held(0).content(1);
      expect((await reading).forwarded).toMatchObject({ stored: true });
      expect(await rig.reader.read(1)).toMatchObject({ status: 'stale', entry: { version: 1 } });
    }));

  test('a fetch that read late enough is fresh although it began before the soft write', () =>
    withReader(async (rig) => {
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.write(1, 2, 'soft');
      rig.origin.held(0).content(2);
      await reading;
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { version: 2 } });
    }));
});
