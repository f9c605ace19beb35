/** Stale answers: who revalidates, how often, and what is answered while the origin is away. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { sleep } from '../runtime/clock.ts';
import { contentAnswer, LIFETIMES, NOT_FRESH_MS, ONLY_IF_ERROR_MS, withReader } from './testing/reader.ts';

describe('a stale read', () => {
  test('is answered at once, and 1,000 of them make one fetch', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(NOT_FRESH_MS);
      const answers = await Promise.all(Array.from({ length: 1_000 }, () => rig.reader.read(1)));
      expect(new Set(answers.map(({ status, source }) => `${status} ${source}`))).toEqual(new Set(['stale cache']));
      expect(rig.origin.fetches.length).toBe(2);
      rig.origin.held(1).content(2);
      await rig.clock.settle();
      expect(await rig.reader.read(1)).toMatchObject({ status: 'fresh', entry: { version: 2 } });
      expect(rig.origin.fetches.length).toBe(2);
    }));

  test('revalidates with the version held, and a 304 makes it fresh again', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(NOT_FRESH_MS);
      await rig.reader.read(1);
      expect(rig.origin.held(1).ifNoneMatch).toBe('"1"');
      const askedAt = rig.clock.now();
      await rig.clock.advance(1_000);
      rig.origin.held(1).unchanged();
      await rig.clock.settle();
      expect(await rig.reader.read(1)).toMatchObject({ status: 'fresh', entry: { version: 1, fetchedAt: askedAt } });
    }));

  for (const { title, mark } of [
    { title: 'a hard tag purge', mark: { type: 'tag', target: 'news', mode: 'hard' } },
    { title: 'a hard write', mark: { type: 'key', target: contentKey(1), version: 2, mode: 'hard' } },
  ] as const) {
    test(`U6: a 304 is a fill like any other, refused when ${title} came during the fetch`, () =>
      withReader(async (rig) => {
        await rig.readThrough(1, 1, ['news']);
        await rig.clock.advance(NOT_FRESH_MS);
        await rig.reader.read(1);
        rig.apply(mark);
        rig.origin.held(1).unchanged();
        await rig.clock.settle();
        const reading = rig.reader.read(1);
        await rig.clock.settle();
        rig.origin.held(2).content(2, ['news']);
        expect(await reading).toMatchObject({ source: 'origin', entry: { version: 2 } });
      }));
  }

  test('V9: one that comes after a newer mark makes the running revalidation run once more, however many they are', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.write(1, 2, 'soft');
      await rig.reader.read(1);
      rig.write(1, 3, 'soft');
      for (let at = 0; at < 10; at += 1) expect((await rig.reader.read(1)).status).toBe('stale');
      expect(rig.origin.fetches.length).toBe(2);
      rig.origin.held(1).content(2);
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(3);
      rig.origin.held(2).content(3);
      await rig.clock.settle();
      expect(await rig.reader.read(1)).toMatchObject({ status: 'fresh', entry: { version: 3 } });
      expect(rig.origin.fetches.length).toBe(3);
    }));

  test('V9: it does not run once more when what it brought is fresh already', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.write(1, 2, 'soft');
      await rig.reader.read(1);
      rig.write(1, 3, 'soft');
      await rig.reader.read(1);
      rig.origin.held(1).content(3);
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(2);
    }));

  test('V9: writes every 100 ms, an origin of 700 ms and a delay of 300 ms: staleness stays bounded for a minute', () =>
    withReader(async (rig) => {
      const [writeEveryMs, delayMs, halfWayMs] = [100, 300, 350];
      let [inFlight, inFlightMax, staleMsMax] = [0, 0, 0];
      const writtenAt = [0, 0];
      rig.origin.answer = async (id) => {
        inFlight += 1;
        inFlightMax = Math.max(inFlightMax, inFlight);
        await sleep(rig.clock, halfWayMs);
        const answer = contentAnswer(id, writtenAt.length - 1);
        await sleep(rig.clock, halfWayMs);
        inFlight -= 1;
        return answer;
      };
      const first = rig.reader.read(1);
      await rig.clock.advance(2 * halfWayMs);
      await first;
      for (let ms = 0; ms < 60_000; ms += writeEveryMs) {
        const version = writtenAt.push(rig.clock.monotonicMs()) - 1;
        rig.clock.setTimer(delayMs, () => rig.write(1, version, 'soft'));
        const served = await rig.readVersion(1);
        const supersededAt = writtenAt[served + 1];
        if (supersededAt !== undefined) staleMsMax = Math.max(staleMsMax, rig.clock.monotonicMs() - supersededAt);
        await rig.clock.advance(writeEveryMs);
      }
      expect(inFlightMax).toBe(1);
      expect(staleMsMax).toBeLessThanOrEqual(delayMs + 4 * halfWayMs);
      expect(rig.origin.fetches.length).toBeGreaterThan(60);
      await rig.clock.advance(4 * halfWayMs);
    }));

  test('after a revalidation that failed the next one starts another', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(NOT_FRESH_MS);
      await rig.reader.read(1);
      rig.origin.held(1).fail();
      await rig.clock.settle();
      expect(rig.origin.fetches.length).toBe(2);
      expect((await rig.reader.read(1)).status).toBe('stale');
      expect(rig.origin.fetches.length).toBe(3);
      rig.origin.held(2).content(1);
    }));
});

describe('with the origin away', () => {
  test('nothing cached is an error that says so and when to come back', () =>
    withReader(async (rig) => {
      const readings = [rig.reader.read(1), rig.reader.read(1)].map((reading) => expect(reading).rejects);
      const refused = readings.map((reading) => reading.toMatchObject({ code: 'unavailable', status: 503, retryAfterS: 1 }));
      await rig.clock.settle();
      rig.origin.held(0).fail();
      await Promise.all(refused);
    }));

  test('an answer that makes no sense counts as none: a 304 nobody asked for', () =>
    withReader(async (rig) => {
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.settle();
      rig.origin.held(0).unchanged();
      await refused;
    }));

  test('an entry past stale-while-revalidate still serves until the end of stale-if-error, and is labelled stale', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(ONLY_IF_ERROR_MS);
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).fail();
      expect(await reading).toMatchObject({ source: 'cache', status: 'stale', entry: { version: 1 } });
      await rig.clock.advance(LIFETIMES.staleIfErrorMs);
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.settle();
      rig.origin.held(2).fail();
      await refused;
    }));

  test('an entry past stale-while-revalidate is not answered while the origin may still answer', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(ONLY_IF_ERROR_MS);
      const reading = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(1).content(2);
      expect(await reading).toMatchObject({ source: 'origin', entry: { version: 2 }, forwarded: { reason: 'stale' } });
    }));

  test('U7: what a hard event made invalid during the fetch is not answered instead', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(ONLY_IF_ERROR_MS);
      const refused = expect(rig.reader.read(1)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.settle();
      rig.write(1, 2, 'hard');
      rig.origin.held(1).fail();
      await refused;
    }));

  test('U7: what another fetch stored meanwhile is answered, as fresh as it is', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(ONLY_IF_ERROR_MS);
      const failing = rig.reader.read(1);
      await rig.clock.settle();
      rig.write(1, 2, 'hard');
      const other = rig.reader.read(1);
      await rig.clock.settle();
      rig.origin.held(2).content(2);
      await other;
      rig.origin.held(1).fail();
      expect(await failing).toMatchObject({ source: 'cache', status: 'fresh', entry: { version: 2 } });
    }));
});
