import { describe, expect, it } from 'vitest';
import type { Application } from '../cache.ts';
import { forgetLog, KEY, OTHER_KEY, purged, recordAt, Steps, type WithCache, written } from './subject.ts';

/**
 * Several edges on one cache: each names the log that it took up, and may find that another edge has forgotten that
 * one.
 */
export function describeMembers(withCache: WithCache): void {
  describe('a record of a log that was forgotten', () => {
    it('is refused wherever it stands, and one of the log in force is applied', () =>
      withCache(async ({ cache }) => {
        const { generation } = await cache.takeUp();
        const of =
          (named: string) =>
          (offset: number, version: number): Application => ({
            ...recordAt(written(version), offset),
            generation: named,
          });
        expect(await cache.apply([of(generation)(0, 2)])).toEqual(['applied']);
        const next = await cache.forgetLog(generation);
        const [old, current] = [of(generation), of(next ?? '')];
        expect(await cache.apply([old(0, 2), old(1, 3)])).toEqual(['other-log', 'other-log']);
        expect(await cache.apply([current(0, 4), current(0, 4), current(2, 5)])).toEqual(['applied', 'skipped', 'gap']);
        const passage = { position: recordAt(written(1), 1).position, previous: 0, beat: undefined };
        expect(await cache.pass({ ...passage, generation })).toBe('other-log');
        expect(await cache.pass({ ...passage, generation: next })).toBe('applied');
      }));

    it('leaves no mark', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        const { generation } = await cache.takeUp();
        await forgetLog(cache);
        const before = await cache.lookup(KEY);
        await cache.apply([{ ...recordAt(purged('all', '*'), 0), generation }]);
        expect(await cache.lookup(KEY)).toEqual(before);
      }));
  });

  describe('a log', () => {
    it('is forgotten once: whoever names it later changes nothing', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        const steps = new Steps(subject);
        const { generation } = await cache.takeUp();
        const next = await cache.forgetLog(generation);
        expect(next).toBe((await cache.takeUp()).generation);
        expect(next).not.toBe(generation);
        await steps.apply(written(2));
        await steps.fetch(2);
        const before = [await steps.begin(), await cache.takeUp()];
        expect(await cache.forgetLog(generation)).toBeUndefined();
        expect([await steps.begin(), await cache.takeUp()]).toEqual(before);
        expect(await cache.forgetLog(next ?? '')).toBe((await cache.takeUp()).generation);
        expect(await steps.read()).toBe('invalid');
      }));

    it('keeps its name over a flush, and has another one in another life', () =>
      withCache(async ({ cache, restart }) => {
        const { generation } = await cache.takeUp();
        await cache.flush();
        expect((await cache.takeUp()).generation).toBe(generation);
        await restart();
        expect((await cache.takeUp()).generation).not.toBe(generation);
        expect(await cache.apply([{ ...recordAt(written(2), 0), generation }])).toEqual(['other-log']);
      }));
  });

  describe('a version that was answered without the cache', () => {
    it('is the least that is served of its key from then on, and fences nothing else', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        const steps = new Steps(subject);
        for (const key of [KEY, OTHER_KEY]) await steps.fetch(2, ['a'], key);
        const during = await steps.begin();
        await cache.raiseMinimums(new Map([[KEY, 3]]));
        expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['invalid', 'fresh v2']);
        expect(await steps.arrive(during, 2)).toBe('below-hard-minimum');
        expect(await steps.arrive(during, 3)).toBe('stored');
        expect(await steps.read()).toBe('fresh v3');
      }));

    it('keeps whoever reads its key from joining a fetch that began before', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const before = await steps.begin();
        await subject.cache.raiseMinimums(new Map([[KEY, 3]]));
        expect((await steps.begin()).fence).toBeGreaterThan(before.clock);
      }));

    it('takes nothing back, and moves no position', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        const steps = new Steps(subject);
        await steps.apply(written(5));
        const { positions } = await cache.takeUp();
        const versions = [KEY, 'content:7', 'content:8'].map((key) => [key, 4] as const);
        await cache.raiseMinimums(new Map(versions));
        expect(await steps.fetch(4)).toBe('below-hard-minimum');
        expect(await steps.fetch(3, ['a'], 'content:8')).toBe('below-hard-minimum');
        expect((await cache.takeUp()).positions).toEqual(positions);
        expect(await steps.apply(written(6))).toBe('applied');
      }));

    it('counts among the marks that are bounded', () =>
      withCache(
        async (subject) => {
          const steps = new Steps(subject);
          const old = await steps.begin();
          await subject.cache.raiseMinimums(new Map(Array.from({ length: 40 }, (_, at) => [`content:${at + 10}`, 2])));
          expect(await steps.arrive(old, 1)).toBe('below-floor');
        },
        { marksMax: 5 },
      ));
  });
}
