import { describe, expect, it } from 'vitest';
import type { Beat, EdgeCache, Passage } from '../cache.ts';
import { forgetLog, KEY, recordAt, Steps, type WithCache, written } from './subject.ts';

/** Above what a script may tell as a number. */
const T = 1_893_456_000_000;

function passageAt(offset: number, time: number | undefined, { partition = 0, previous = offset - 1, partitions = 2 } = {}): Passage {
  const beat: Beat | undefined = time === undefined ? undefined : { time, partitions };
  return { position: { partition, offset, id: `beat-${partition}-${offset}`, time: 1_000 + offset }, previous, beat };
}

async function beatOf(cache: EdgeCache): Promise<number | undefined> {
  return (await cache.lookup(KEY)).beat;
}

/** In both partitions, at the offset. */
async function beat(cache: EdgeCache, offset: number, time: number): Promise<void> {
  for (const partition of [0, 1]) await cache.pass(passageAt(offset, time, { partition }));
}

const both = (time: number) =>
  new Map([
    [0, time],
    [1, time],
  ]);

export function describeBeats(withCache: WithCache): void {
  describe('a record that leaves no mark', () => {
    it.each([
      { title: 'after the stored one', offset: 2, previous: 1, outcome: 'applied', stands: 2 },
      { title: 'at the stored offset', offset: 1, previous: 0, outcome: 'skipped', stands: 1 },
      { title: 'whose predecessor is missing', offset: 3, previous: 2, outcome: 'gap', stands: 1 },
      { title: 'that ends a run which began after the stored one', offset: 9, previous: 1, outcome: 'applied', stands: 9 },
    ])('$title is $outcome, like any other, and neither moves the clock nor marks anything', ({ offset, previous, outcome, stands }) =>
      withCache(async (subject) => {
        const { cache } = subject;
        const steps = new Steps(subject);
        for (const version of [1, 2]) await steps.apply(written(version));
        await steps.fetch(2);
        const before = await steps.begin();
        expect(await cache.pass(passageAt(offset, T, { previous }))).toBe(outcome);
        expect((await cache.takeUp()).positions.get(0)?.offset).toBe(stands);
        expect(await steps.begin()).toMatchObject({ clock: before.clock, fence: before.fence, state: 'fresh' });
        expect((await cache.apply([recordAt(written(3), stands + 1, { previous: stands })]))[0]).toBe('applied');
      }),
    );

    it('keeps its identity in the position', () =>
      withCache(async ({ cache }) => {
        await cache.pass(passageAt(4, undefined, { previous: -1 }));
        expect((await cache.takeUp()).positions.get(0)).toEqual({ partition: 0, offset: 4, id: 'beat-0-4', time: 1_004 });
      }));
  });

  describe('a heartbeat', () => {
    it('takes effect when it is confirmed, told by each lookup', () =>
      withCache(async ({ cache }) => {
        await beat(cache, 0, T);
        expect(await beatOf(cache)).toBeUndefined();
        expect(await cache.confirmBeats(both(T))).toBe(T);
        expect(await beatOf(cache)).toBe(T);
        await beat(cache, 1, T + 5_000);
        expect(await beatOf(cache)).toBe(T);
      }));

    it('takes effect no later than it is confirmed to, and no later than it was applied to', () =>
      withCache(async ({ cache }) => {
        await beat(cache, 0, T);
        await beat(cache, 1, T + 1_000);
        expect(await cache.confirmBeats(both(T + 400))).toBe(T + 400);
        expect(await cache.confirmBeats(both(T + 9_000))).toBe(T + 1_000);
      }));

    it('never takes back a later one', () =>
      withCache(async ({ cache }) => {
        await beat(cache, 0, T + 1_000);
        await cache.confirmBeats(both(T + 1_000));
        await beat(cache, 1, T);
        expect(await cache.confirmBeats(both(T))).toBe(T + 1_000);
      }));

    it('counts for as much as the earliest of all partitions that it names, and for nothing while one has none', () =>
      withCache(async ({ cache }) => {
        await cache.pass(passageAt(0, T + 1_000));
        expect(await cache.confirmBeats(new Map([[0, T + 1_000]]))).toBeUndefined();
        await cache.pass(passageAt(0, T, { partition: 1 }));
        expect(await cache.confirmBeats(both(T + 1_000))).toBe(T);
        await cache.pass(passageAt(1, T + 2_000, { partitions: 3 }));
        expect(await beatOf(cache), 'a third partition, of which nothing is known').toBeUndefined();
        await cache.pass(passageAt(2, T + 3_000, { partitions: 2 }));
        expect(await beatOf(cache), 'one that was late knows fewer').toBeUndefined();
      }));

    it('is forgotten with the log, and kept over a flush', () =>
      withCache(async ({ cache }) => {
        await beat(cache, 0, T);
        await cache.confirmBeats(both(T));
        await cache.flush();
        expect(await beatOf(cache)).toBe(T);
        await forgetLog(cache);
        expect(await beatOf(cache)).toBeUndefined();
        expect(await cache.confirmBeats(both(T))).toBeUndefined();
        await beat(cache, 0, T + 1_000);
        expect(await beatOf(cache), 'what the next log says waits to be confirmed').toBeUndefined();
      }));

    it('is gone with a cache that comes back empty', () =>
      withCache(async ({ cache, restart }) => {
        await beat(cache, 0, T);
        await cache.confirmBeats(both(T));
        await restart();
        expect(await cache.confirmBeats(both(T))).toBeUndefined();
        expect(await beatOf(cache)).toBeUndefined();
      }));

    it('that was skipped counts for nothing', () =>
      withCache(async ({ cache }) => {
        await beat(cache, 0, T);
        expect(await cache.pass(passageAt(0, T + 9_000))).toBe('skipped');
        expect(await cache.confirmBeats(both(T + 9_000))).toBe(T);
      }));
  });
}
