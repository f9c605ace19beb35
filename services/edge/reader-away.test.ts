/** A cache that is away: no clock, no fence, so through to the origin, and nothing older once it is back. */
import { describe, expect, test } from 'vitest';
import { contentAnswer, NOT_FRESH_MS, type ReaderRig, withReader } from './testing/reader.ts';

const READ_THROUGH_MAX = 64;
const REMEMBERED_MAX = 10_000;

/** Content 1 at version 1 is cached, and the origin answers version 2 of everything. */
async function withOldEntry(use: (rig: ReaderRig) => Promise<void>): Promise<void> {
  await withReader(async (rig) => {
    await rig.readThrough(1, 1);
    rig.origin.answer = async (id) => contentAnswer(id, 2);
    await use(rig);
  });
}

describe('while the cache is away', () => {
  test('readers of a key share one fetch, and nothing is filled', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const readings = Array.from({ length: 100 }, () => rig.reader.read(1));
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(1);
      rig.origin.held(0).content(1);
      for (const answer of await Promise.all(readings)) {
        expect(answer).toMatchObject({ source: 'origin', status: 'fresh', forwarded: { reason: 'bypass', stored: false } });
      }
      expect(rig.cache.calls).not.toContain('fill');
    }));

  test('at most 64 keys are fetched at once: another one is refused, but not a reader who can join', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const readings = Array.from({ length: READ_THROUGH_MAX }, (_, at) => rig.reader.read(at + 1));
      await rig.clock.settle();
      await expect(rig.reader.read(READ_THROUGH_MAX + 1)).rejects.toMatchObject({ code: 'unavailable', retryAfterS: 1 });
      const joining = rig.reader.read(1);
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(READ_THROUGH_MAX);
      for (const fetch of rig.origin.fetches) fetch.content(1);
      await Promise.all([...readings, joining]);
      const free = rig.reader.read(READ_THROUGH_MAX + 1);
      await rig.clock.settle();
      rig.origin.held(READ_THROUGH_MAX).content(1);
      expect((await free).entry.version).toBe(1);
    }));

  test('with the origin away too, a read fails and says so', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable', retryAfterS: 1 });
      await rig.clock.settle();
      rig.origin.held(0).fail();
      await refused;
    }));

  test('what was read past it is not filled when it is back: nobody knows what was applied while that was under way', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.cache.away = false;
      rig.apply({ type: 'tag', target: 'news', mode: 'hard' });
      rig.origin.held(0).content(1, ['news']);
      expect(await reading).toMatchObject({ entry: { version: 1 }, forwarded: { reason: 'bypass' } });
      const again = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).content(2, ['news']);
      expect(await again).toMatchObject({ entry: { version: 2 }, source: 'origin' });
    }));

  test('a cache that goes away during a fetch costs the fill, not the answer', () =>
    withReader(async (rig) => {
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.cache.away = true;
      rig.origin.held(0).content(1);
      expect(await reading).toMatchObject({ entry: { version: 1 }, forwarded: { reason: 'miss', stored: false } });
    }));

  test('a fetch that fails then has no second lookup to fall back on', () =>
    withReader(async (rig) => {
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.settle();
      rig.cache.away = true;
      rig.origin.held(0).fail();
      await refused;
    }));

  test('404s are read through too', () =>
    withReader(async (rig) => {
      rig.cache.away = true;
      rig.origin.answer = async () => ({ kind: 'missing', version: 3 });
      expect((await rig.reader.read(1)).entry).toMatchObject({ content: null, version: 3 });
    }));
});

describe('once the cache is back', () => {
  test('U8: a version lower than one answered meanwhile is not served', () =>
    withOldEntry(async (rig) => {
      rig.cache.away = true;
      expect(await rig.readVersion(1)).toBe(2);
      rig.cache.away = false;
      expect(await rig.reader.read(1)).toMatchObject({ source: 'origin', entry: { version: 2 } });
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { version: 2 } });
    }));

  test('U8: nor as stale-if-error', () =>
    withOldEntry(async (rig) => {
      rig.cache.away = true;
      await rig.reader.read(1);
      rig.cache.away = false;
      rig.origin.answer = undefined;
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.settle();
      rig.origin.held(2).fail();
      await refused;
    }));

  test('U8: nor is content served that was answered as deleted meanwhile', () =>
    withOldEntry(async (rig) => {
      rig.cache.away = true;
      rig.origin.answer = async () => ({ kind: 'missing', version: 2 });
      await rig.reader.read(1);
      rig.cache.away = false;
      expect((await rig.reader.read(1)).entry).toMatchObject({ content: null, version: 2 });
    }));

  test('U8: nor when the fill of a revalidation failed', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(NOT_FRESH_MS);
      await rig.reader.read(1);
      rig.cache.away = true;
      rig.origin.held(1).content(2);
      await rig.clock.settle();
      rig.cache.away = false;
      rig.origin.answer = async (id) => contentAnswer(id, 2);
      expect(await rig.readVersion(1)).toBe(2);
    }));

  test('U8: nor from a fetch that began before the cache went away', () =>
    withReader(async (rig) => {
      const slow = rig.reader.read(1);
      await rig.clock.settle();
      rig.cache.away = true;
      const meanwhile = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).content(2);
      expect((await meanwhile).entry.version).toBe(2);
      rig.cache.away = false;
      const late = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(0).content(1);
      expect((await slow).entry.version).toBe(1);
      await rig.clock.settle();
      rig.origin.fetches[2]?.content(2);
      expect((await late).entry.version).toBe(2);
    }));

  test('U8: when more keys were answered than are remembered, everything cached is invalid: with one flush for all who ask', () =>
    withOldEntry(async (rig) => {
      rig.cache.away = true;
      for (let id = 2; id < REMEMBERED_MAX + 2; id += 1) await rig.reader.read(id);
      expect(await rig.readVersion(1)).toBe(2);
      rig.cache.away = false;
      const answers = await Promise.all(Array.from({ length: 100 }, () => rig.readVersion(1)));
      expect(new Set(answers)).toEqual(new Set([2]));
      expect(rig.cache.calls.filter((call) => call === 'flush').length).toBe(1);
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { version: 2 } });
    }));

  test('U8: a flush that fails is made up for by the next read', () =>
    withOldEntry(async (rig) => {
      rig.cache.away = true;
      for (let id = 2; id < REMEMBERED_MAX + 2; id += 1) await rig.reader.read(id);
      await rig.reader.read(1);
      await rig.reader.read(1);
      rig.cache.away = false;
      expect(await rig.readVersion(1)).toBe(2);
    }));
});
