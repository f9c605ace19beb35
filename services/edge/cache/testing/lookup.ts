import { describe, expect, it } from 'vitest';
import type { Mark } from '../cache.ts';
import { FRESH_MS, KEY, LIFE_MS, OTHER_KEY, purged, STALE_MS, Steps, type WithCache, written } from './subject.ts';

interface JudgedCase {
  readonly title: string;
  readonly marks: readonly Mark[];
  readonly content: string;
  readonly missing: string;
}

/** Version 2, tag a, stored before the marks are applied. */
const JUDGED: readonly JudgedCase[] = [
  { title: 'no mark', marks: [], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a hard minimum above its version', marks: [written(3)], content: 'invalid', missing: 'invalid' },
  { title: 'a hard minimum at its version', marks: [written(2)], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a hard minimum below its version', marks: [written(1)], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a soft minimum above its version', marks: [written(3, 'soft')], content: 'stale v2', missing: 'invalid' },
  { title: 'a soft minimum at its version', marks: [written(2, 'soft')], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a hard minimum, then a soft one', marks: [written(3), written(4, 'soft')], content: 'invalid', missing: 'invalid' },
  { title: 'a soft minimum, then a hard one', marks: [written(4, 'soft'), written(3)], content: 'invalid', missing: 'invalid' },
  { title: 'a hard minimum, then the repeat of an older event', marks: [written(3), written(1)], content: 'invalid', missing: 'invalid' },
  { title: 'the same hard minimum twice', marks: [written(2), written(2)], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a hard purge of its key', marks: [purged('key', KEY)], content: 'invalid', missing: 'invalid' },
  { title: 'a soft purge of its key', marks: [purged('key', KEY, 'soft')], content: 'stale v2', missing: 'invalid' },
  {
    title: 'a hard purge, then a soft one',
    marks: [purged('key', KEY), purged('key', KEY, 'soft')],
    content: 'invalid',
    missing: 'invalid',
  },
  { title: 'a hard purge of its tag', marks: [purged('tag', 'a')], content: 'invalid', missing: 'fresh 404 v2' },
  { title: 'a soft purge of its tag', marks: [purged('tag', 'a', 'soft')], content: 'stale v2', missing: 'fresh 404 v2' },
  {
    title: 'a hard purge of its tag, then a soft one',
    marks: [purged('tag', 'a'), purged('tag', 'a', 'soft')],
    content: 'invalid',
    missing: 'fresh 404 v2',
  },
  { title: 'a purge of another tag', marks: [purged('tag', 'b')], content: 'fresh v2', missing: 'fresh 404 v2' },
  { title: 'a hard purge of a pattern that matches', marks: [purged('pattern', 'content:*')], content: 'invalid', missing: 'invalid' },
  {
    title: 'a soft purge of a pattern that matches',
    marks: [purged('pattern', 'c?ntent:1', 'soft')],
    content: 'stale v2',
    missing: 'invalid',
  },
  { title: 'a purge of a pattern that does not match', marks: [purged('pattern', '*:2')], content: 'fresh v2', missing: 'fresh 404 v2' },
  {
    title: 'a hard purge of a pattern, then a soft one of another',
    marks: [purged('pattern', '*1'), purged('pattern', '*', 'soft')],
    content: 'invalid',
    missing: 'invalid',
  },
  {
    title: 'a soft purge of a pattern, then a hard one of another',
    marks: [purged('pattern', '*', 'soft'), purged('pattern', '*1')],
    content: 'invalid',
    missing: 'invalid',
  },
  // A version of no key: as if it were not there.
  {
    title: 'a hard purge of its tag with a version',
    marks: [{ ...purged('tag', 'a'), version: 2 }],
    content: 'invalid',
    missing: 'fresh 404 v2',
  },
  {
    title: 'a soft purge of a pattern with a version',
    marks: [{ ...purged('pattern', '*', 'soft'), version: 2 }],
    content: 'stale v2',
    missing: 'invalid',
  },
  { title: 'a hard purge of all', marks: [purged('all', '*')], content: 'invalid', missing: 'invalid' },
  { title: 'a soft purge of all', marks: [purged('all', '*', 'soft')], content: 'stale v2', missing: 'invalid' },
  {
    title: 'a hard purge of all, then a soft one',
    marks: [purged('all', '*'), purged('all', '*', 'soft')],
    content: 'invalid',
    missing: 'invalid',
  },
  {
    title: 'marks of another key',
    marks: [written(9, 'hard', OTHER_KEY), purged('key', OTHER_KEY)],
    content: 'fresh v2',
    missing: 'fresh 404 v2',
  },
];

export function describeLookup(withCache: WithCache): void {
  it('those of one turn are each answered for their own key, by its own entry, marks and fence', () =>
    withCache(async (subject) => {
      const steps = new Steps(subject);
      const keys = Array.from({ length: 40 }, (_, at) => `content:${at + 1}`);
      for (const [at, key] of keys.entries()) if (at % 5 !== 4) await steps.fetch(at + 1, ['a'], key);
      for (const [at, key] of keys.entries()) {
        if (at % 5 === 1) await steps.apply(written(at + 2, 'hard', key));
        if (at % 5 === 2) await steps.apply(written(at + 2, 'soft', key));
      }
      const together = await Promise.all(keys.map((key) => subject.cache.lookup(key)));
      const states = ['fresh', 'invalid', 'stale', 'fresh', 'absent'];
      expect(together.map(({ state }) => state)).toEqual(keys.map((_, at) => states[at % 5]));
      expect(together.map(({ entry }) => entry?.version)).toEqual(keys.map((_, at) => ([1, 4].includes(at % 5) ? undefined : at + 1)));
      for (const [at, key] of keys.entries()) expect(together[at]).toEqual(await subject.cache.lookup(key));
    }));

  describe('lookup judges an entry by the marks', () => {
    it.each(JUDGED)('after $title: content reads as $content, a 404 as $missing', ({ marks, content, missing }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(2, ['a']);
        for (const mark of marks) await steps.apply(mark);
        expect(await steps.read()).toBe(content);
        await subject.restart();
        const again = new Steps(subject);
        await again.fetch(2, null);
        for (const mark of marks) await again.apply(mark);
        expect(await again.read()).toBe(missing);
      }),
    );

    it('any one of its tags is enough', () =>
      withCache(async (subject) => {
        for (const tag of ['a', 'b', 'c']) {
          await subject.restart();
          const steps = new Steps(subject);
          await steps.fetch(1, ['a', 'b', 'c']);
          await steps.apply(purged('tag', tag));
          expect(await steps.read()).toBe('invalid');
        }
      }));

    it('tags and targets of any characters meet', () =>
      withCache(async (subject) => {
        for (const tag of ['a b', '"quoted"', 'line\nbreak', 'é€😀', '\u0000', '\ud800', 'long'.repeat(500)]) {
          await subject.restart();
          const steps = new Steps(subject);
          await steps.fetch(1, ['other', tag]);
          await steps.apply(purged('tag', tag));
          expect(await steps.read(), JSON.stringify(tag)).toBe('invalid');
          expect((await subject.cache.versions(1))[0]?.state, JSON.stringify(tag)).toBe('invalid');
        }
      }));

    it('each purge covers what was fetched before it and nothing fetched after it', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        for (const mark of [purged('key', KEY), purged('tag', 'a'), purged('pattern', '*'), purged('all', '*')]) {
          await steps.apply(mark);
          expect(await steps.fetch(1)).toBe('stored');
          expect(await steps.read()).toBe('fresh v1');
        }
      }));
  });

  describe('lookup judges an entry by its age', () => {
    it.each([
      { at: 'just before the end of freshness', ageMs: FRESH_MS - 1, content: 'fresh v1', missing: 'fresh 404 v1' },
      { at: 'past freshness', ageMs: FRESH_MS, content: 'stale v1', missing: 'invalid' },
      { at: 'past the time to revalidate, for when the origin is away', ageMs: STALE_MS, content: 'stale v1', missing: 'invalid' },
      { at: 'just before the end of its life', ageMs: LIFE_MS - 1, content: 'stale v1', missing: 'invalid' },
      { at: 'past its life', ageMs: LIFE_MS, content: 'absent', missing: 'absent' },
    ])('$at content reads as $content, a 404 as $missing', ({ ageMs, content, missing }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        await steps.fetch(1, null, OTHER_KEY);
        await subject.clock.advance(ageMs);
        expect(await steps.read()).toBe(content);
        expect(await steps.read(OTHER_KEY)).toBe(missing);
      }),
    );
  });

  describe('lookup returns the clock, the life and the fence of the key', () => {
    it.each([
      { title: 'a write of the key', mark: written(1), raises: [KEY] },
      { title: 'the soft write of the key', mark: written(1, 'soft'), raises: [KEY] },
      { title: 'a purge of the key', mark: purged('key', KEY, 'soft'), raises: [KEY] },
      { title: 'a purge of any tag', mark: purged('tag', 'z', 'soft'), raises: [KEY, OTHER_KEY] },
      { title: 'a purge of any pattern', mark: purged('pattern', '*1', 'soft'), raises: [KEY, OTHER_KEY] },
      { title: 'a purge of all', mark: purged('all', '*', 'soft'), raises: [KEY, OTHER_KEY] },
    ])('$title advances the clock by one and raises the fence of $raises', ({ mark, raises }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const before = await steps.begin();
        await steps.apply(mark);
        for (const key of [KEY, OTHER_KEY]) {
          const after = await steps.begin(key);
          expect(after.clock).toBe(before.clock + 1);
          expect(after.life).toBe(before.life);
          expect(after.fence).toBe(raises.includes(key) ? after.clock : before.fence);
        }
      }),
    );

    it('a fill does not advance the clock', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const before = await steps.begin();
        await steps.fetch(1);
        const { clock, fence } = await steps.begin();
        expect({ clock, fence }).toEqual({ clock: before.clock, fence: before.fence });
      }));
  });
}
