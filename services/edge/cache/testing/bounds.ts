import { describe, expect, it } from 'vitest';
import type { Mark } from '../cache.ts';
import { answerOf, KEY, MARK_RETENTION_MS, OTHER_KEY, purged, Steps, type WithCache, written } from './subject.ts';

const PATTERNS_MAX = 256;

const LAPSED: readonly { readonly title: string; readonly mark: Mark }[] = [
  { title: 'a minimum version', mark: written(2) },
  { title: 'a soft minimum version', mark: written(2, 'soft') },
  { title: 'a purge of the key', mark: purged('key', KEY) },
  { title: 'a purge of the tag', mark: purged('tag', 'a') },
  { title: 'a purge of the pattern', mark: purged('pattern', '*1') },
];

export function describeBounds(withCache: WithCache): void {
  describe('marks older than the retention are dropped, and the floor rises past them', () => {
    it.each(LAPSED)('a fetch from before $title that lapsed is refused, its entry invalid', ({ mark }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const old = await steps.begin();
        const lasting = { ...answerOf(1, ['a'], subject.clock.now()), expiresAt: Number.MAX_SAFE_INTEGER };
        await subject.cache.fill(KEY, lasting, old);
        await steps.apply(mark);
        await subject.clock.advance(MARK_RETENTION_MS + 1);
        await steps.apply(written(1, 'hard', OTHER_KEY));
        expect(await steps.read()).toBe('invalid');
        expect(await steps.arrive(old, 1)).toBe('below-floor');
        const now = await steps.begin();
        expect(now.fence).toBe(old.clock + 1);
        expect(await steps.arrive(now, 2)).toBe('stored');
        expect(await steps.read()).toBe('fresh v2');
      }),
    );

    it('a mark exactly as old as the retention is kept', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const old = await steps.begin();
        await steps.apply(written(2));
        await subject.clock.advance(MARK_RETENTION_MS);
        await steps.apply(written(1, 'hard', OTHER_KEY));
        expect(await steps.arrive(old, 1)).toBe('below-hard-minimum');
      }));

    it('a mark changed again begins its time anew', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(2));
        await steps.apply(written(1, 'hard', OTHER_KEY));
        await subject.clock.advance(MARK_RETENTION_MS);
        const between = await steps.begin();
        await steps.apply(written(1));
        await subject.clock.advance(1);
        await steps.apply(purged('tag', 'z'));
        expect(await steps.arrive(between, 1)).toBe('below-hard-minimum');
      }));

    it('the epoch of all never lapses', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const old = await steps.begin();
        await steps.apply(purged('all', '*'));
        await subject.clock.advance(MARK_RETENTION_MS + 1);
        await steps.apply(written(1, 'hard', OTHER_KEY));
        expect(await steps.arrive(old, 1)).toBe('hard-epoch');
      }));
  });

  describe('above the marks that it may keep the oldest are dropped, and the floor rises past them', () => {
    const marksMax = 2;

    it('what was stored before a mark that was dropped is invalid, and a fetch from before it is refused', () =>
      withCache(
        async (subject) => {
          const steps = new Steps(subject);
          const old = await steps.begin();
          await subject.cache.fill(KEY, answerOf(1, ['a'], subject.clock.now()), old);
          for (const at of [1, 2, 3]) await steps.apply(written(1, 'soft', `blog:${at}`));
          expect(await steps.read()).toBe('invalid');
          expect(await steps.arrive(old, 1)).toBe('below-floor');
          const now = await steps.begin();
          expect(now.fence).toBe(old.clock + 1);
          expect(await steps.arrive(now, 1)).toBe('stored');
          expect(await steps.read()).toBe('fresh v1');
        },
        { marksMax },
      ));

    it('at the bound all are kept', () =>
      withCache(
        async (subject) => {
          const steps = new Steps(subject);
          const old = await steps.begin();
          await subject.cache.fill(KEY, answerOf(1, ['a'], subject.clock.now()), old);
          for (const at of [1, 2, 1, 2]) await steps.apply(written(1, 'soft', `blog:${at}`));
          expect(await steps.read()).toBe('fresh v1');
        },
        { marksMax },
      ));
  });

  describe(`above ${PATTERNS_MAX} live patterns the oldest folds into the epoch of all`, () => {
    it.each([
      { mode: 'hard', read: 'invalid' },
      { mode: 'soft', read: 'stale v1' },
    ] as const)('$mode into $mode', ({ mode, read }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1, ['a'], KEY);
        await steps.apply(purged('pattern', 'news:*', mode));
        await steps.fetch(1, ['a'], OTHER_KEY);
        for (let at = 1; at < PATTERNS_MAX; at += 1) await steps.apply(purged('pattern', `blog:${at}`));
        expect(await steps.read(KEY)).toBe('fresh v1');
        await steps.apply(purged('pattern', 'blog:last'));
        expect(await steps.read(KEY)).toBe(read);
        expect(await steps.read(OTHER_KEY)).toBe('fresh v1');
      }),
    );

    it('a pattern purged again is young again', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(purged('pattern', 'news:*'));
        await steps.apply(purged('pattern', 'shop:*'));
        await steps.fetch(1);
        await steps.apply(purged('pattern', 'news:*'));
        for (let at = 0; at < PATTERNS_MAX - 1; at += 1) await steps.apply(purged('pattern', `blog:${at}`));
        expect(await steps.read()).toBe('fresh v1');
        await steps.apply(purged('pattern', 'blog:last'));
        expect(await steps.read()).toBe('invalid');
      }));

    it('what the folded pattern covers stays covered', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const old = await steps.begin();
        await steps.apply(purged('pattern', '*:1'));
        for (let at = 0; at <= PATTERNS_MAX; at += 1) await steps.apply(purged('pattern', `blog:${at}`));
        expect(await steps.arrive(old, 1)).toBe('hard-epoch');
      }));
  });
}
