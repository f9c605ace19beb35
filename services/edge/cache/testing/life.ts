import { describe, expect, it } from 'vitest';
import { CacheUnavailable } from '../cache.ts';
import { forgetLog, KEY, LIFE_MS, OTHER_KEY, purged, Steps, type WithCache, written } from './subject.ts';

export function describeLife(withCache: WithCache): void {
  describe('flush is a hard epoch of all', () => {
    it('entries and fetches under way are refused, marks and positions stay', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(2));
        await steps.fetch(2);
        const during = await steps.begin();
        const positions = (await subject.cache.takeUp()).positions;
        await subject.cache.flush();
        expect(await steps.read()).toBe('invalid');
        const after = await steps.begin();
        expect(after).toMatchObject({ clock: during.clock + 1, fence: during.clock + 1, life: during.life });
        expect(await steps.arrive(during, 2)).toBe('hard-epoch');
        expect(await steps.arrive(after, 1)).toBe('below-hard-minimum');
        expect((await subject.cache.takeUp()).positions).toEqual(positions);
      }));
  });

  describe('forgetLog makes everything invalid and drops every position', () => {
    it('the log is then read from its start, and offsets seen before are applied again', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(2));
        await steps.apply(purged('tag', 'a'), 1);
        await steps.fetch(2);
        const during = await steps.begin();
        await forgetLog(subject.cache);
        expect(await steps.read()).toBe('invalid');
        expect(await steps.arrive(during, 2)).toBe('hard-epoch');
        expect((await subject.cache.takeUp()).positions).toEqual(new Map());
        expect(await steps.applyAt(written(3), 1)).toBe('gap');
        expect(await steps.applyAt(written(3), 0)).toBe('applied');
        expect(await steps.fetch(2)).toBe('below-hard-minimum');
      }));
  });

  describe('a restarted server is another life', () => {
    it('comes back empty, with no position, and refuses what began before', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(1));
        await steps.fetch(1);
        const before = await steps.begin();
        await subject.restart();
        const after = await steps.begin();
        expect(after.life).not.toBe(before.life);
        expect(after.state).toBe('absent');
        expect(after.fence).toBeLessThanOrEqual(after.clock);
        expect((await subject.cache.takeUp()).positions).toEqual(new Map());
        expect(await subject.cache.versions(10)).toEqual([]);
        expect(await steps.arrive(before, 1)).toBe('other-life');
        expect(await steps.arrive(after, 1)).toBe('stored');
      }));

    it('two restarts are two other lives', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const lives = [await steps.begin()];
        for (const _ of [1, 2]) {
          await subject.restart();
          lives.push(await steps.begin());
        }
        expect(new Set(lives.map(({ life }) => life)).size).toBe(3);
      }));

    it('tells whoever listens, once for each new life', () =>
      withCache(async (subject) => {
        let newLives = 0;
        subject.cache.onNewLife(() => {
          newLives += 1;
        });
        await subject.restart();
        expect(newLives).toBe(1);
        await subject.restart();
        expect(newLives).toBe(2);
      }));
  });

  describe('versions lists what was stored last, newest first', () => {
    it('each with its version and state, up to the limit', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1, ['a'], KEY);
        await steps.fetch(2, ['b'], OTHER_KEY);
        await steps.fetch(4, null, 'content:3');
        await steps.apply(purged('tag', 'b', 'soft'));
        await steps.fetch(2, ['a'], KEY);
        await steps.apply(written(5, 'hard', 'content:3'));
        const rows = [
          { key: KEY, version: 2, state: 'fresh' },
          { key: 'content:3', version: 4, state: 'invalid' },
          { key: OTHER_KEY, version: 2, state: 'stale' },
        ];
        expect(await subject.cache.versions(10)).toMatchObject(rows);
        expect((await subject.cache.versions(10)).map(({ isMissing }) => isMissing)).toEqual([false, true, false]);
        expect(await subject.cache.versions(2)).toMatchObject(rows.slice(0, 2));
        expect(await subject.cache.versions(0)).toEqual([]);
      }));

    it('an entry past its life is left out', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1, ['a'], KEY);
        await subject.clock.advance(LIFE_MS - 1);
        await steps.fetch(2, ['a'], OTHER_KEY);
        await subject.clock.advance(1);
        const found = await subject.cache.lookup(OTHER_KEY);
        const row = { key: OTHER_KEY, version: 2, state: 'fresh', freshUntil: found.entry?.freshUntil, isMissing: false };
        expect(await subject.cache.versions(10)).toEqual([row]);
      }));
  });

  it('a closed cache is not connected and answers nothing', () =>
    withCache(async ({ cache }) => {
      expect([cache.connected(), await cache.condition()]).toEqual([true, 'connected']);
      await cache.close();
      expect([cache.connected(), await cache.condition()]).toEqual([false, 'disconnected']);
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await expect(cache.flush()).rejects.toThrow(CacheUnavailable);
    }));
}
