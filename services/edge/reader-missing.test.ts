/** Content that is not there: never created, not yet, or deleted. */
import { describe, expect, test } from 'vitest';
import { LIFETIMES, withReader } from './testing/reader.ts';

describe('a 404', () => {
  test('is cached for a time of its own', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 0);
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { content: null, version: 0 } });
      await rig.clock.advance(LIFETIMES.negativeMs - 1);
      expect((await rig.reader.read(1)).source).toBe('cache');
      await rig.clock.advance(1);
      await rig.readThrough(1, 0);
      expect(rig.origin.fetches.length).toBe(2);
    }));

  for (const mode of ['hard', 'soft'] as const) {
    test(`U2: is never stale: the ${mode} event of the creation ends it`, () =>
      withReader(async (rig) => {
        await rig.readThrough(1, 0);
        rig.write(1, 1, mode);
        const reading = rig.reader.read(1);
        await rig.clock.settle();
        rig.origin.held(1).content(1);
        expect(await reading).toMatchObject({ source: 'origin', entry: { version: 1 } });
      }));
  }

  test('U2: read before the creation, it does not replace the content another fetch stored', () =>
    withReader(async (rig) => {
      const before = rig.reader.read(1);
      await rig.clock.settle();
      rig.write(1, 1, 'soft');
      const after = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).content(1);
      await after;
      rig.origin.held(0).missing(0);
      await before;
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { version: 1, content: { id: 1 } } });
    }));

  test('while catching up a cached one is not served, content is served as stale', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 0);
      await rig.readThrough(2, 1);
      rig.catchingUp = true;
      expect(await rig.reader.read(2)).toMatchObject({ source: 'cache', status: 'stale' });
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      const asked = rig.origin.fetches.findLast(({ id }) => id === 1);
      asked?.content(1);
      expect(await reading).toMatchObject({ source: 'origin', entry: { version: 1 } });
      rig.catchingUp = false;
      expect(await rig.reader.read(2)).toMatchObject({ source: 'cache', status: 'fresh' });
    }));
});

describe('deleted content', () => {
  test('is gone with the event, and its 404 is cached under the version of the deletion', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.write(1, 2, 'hard');
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).missing(2);
      expect(await reading).toMatchObject({ source: 'origin', entry: { content: null, version: 2 } });
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { content: null, version: 2 } });
    }));

  test('is not brought back by a fetch that read it before, although the event is not here yet', () =>
    withReader(async (rig) => {
      const before = rig.reader.read(1);
      await rig.clock.settle();
      rig.apply({ type: 'tag', target: 'other', mode: 'soft' });
      const after = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).missing(2);
      await after;
      rig.origin.held(0).content(1);
      await before;
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { content: null, version: 2 } });
    }));

  test('a revalidation that finds it gone stores the 404', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(LIFETIMES.freshMs);
      expect((await rig.reader.read(1)).status).toBe('stale');
      await rig.clock.settle();
      rig.origin.held(1).missing(2);
      await rig.clock.settle();
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh', entry: { content: null, version: 2 } });
    }));
});
