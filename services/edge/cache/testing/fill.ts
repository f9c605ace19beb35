import { describe, expect, it } from 'vitest';
import { FILL_REFUSALS, type FillOutcome, type Mark } from '../cache.ts';
import { KEY, LIFE_MS, MARK_RETENTION_MS, purged, Steps, type WithCache, written } from './subject.ts';

/** The marks are applied while a fetch of version 2 with tag a is under way. */
const DURING: readonly { readonly title: string; readonly marks: readonly Mark[]; readonly outcome: FillOutcome; readonly read: string }[] =
  [
    { title: 'nothing happens', marks: [], outcome: 'stored', read: 'fresh v2' },
    { title: 'its own version is applied', marks: [written(2)], outcome: 'stored', read: 'fresh v2' },
    { title: 'a later version is applied, hard', marks: [written(3)], outcome: 'below-hard-minimum', read: 'absent' },
    { title: 'a later version is applied, soft', marks: [written(3, 'soft')], outcome: 'stored', read: 'stale v2' },
    {
      title: 'a later version is applied hard and a still later one soft',
      marks: [written(3), written(4, 'soft')],
      outcome: 'below-hard-minimum',
      read: 'absent',
    },
    { title: 'its key is purged, hard', marks: [purged('key', KEY)], outcome: 'hard-epoch', read: 'absent' },
    { title: 'its key is purged, soft', marks: [purged('key', KEY, 'soft')], outcome: 'stored', read: 'stale v2' },
    { title: 'its tag is purged, hard', marks: [purged('tag', 'a')], outcome: 'hard-epoch', read: 'absent' },
    { title: 'its tag is purged, soft', marks: [purged('tag', 'a', 'soft')], outcome: 'stored', read: 'stale v2' },
    { title: 'another tag is purged', marks: [purged('tag', 'b')], outcome: 'stored', read: 'fresh v2' },
    { title: 'a pattern that matches is purged, hard', marks: [purged('pattern', '*')], outcome: 'hard-epoch', read: 'absent' },
    { title: 'a pattern that matches is purged, soft', marks: [purged('pattern', '*', 'soft')], outcome: 'stored', read: 'stale v2' },
    { title: 'a pattern that does not match is purged', marks: [purged('pattern', '*2')], outcome: 'stored', read: 'fresh v2' },
    { title: 'all is purged, hard', marks: [purged('all', '*')], outcome: 'hard-epoch', read: 'absent' },
    { title: 'all is purged, soft', marks: [purged('all', '*', 'soft')], outcome: 'stored', read: 'stale v2' },
  ];

const ORDERED_PAIRS: readonly { readonly first: number; readonly second: number; readonly outcome: FillOutcome; readonly read: string }[] =
  [
    { first: 1, second: 2, outcome: 'stored', read: 'fresh v2' },
    { first: 2, second: 2, outcome: 'stored', read: 'fresh v2' },
    { first: 2, second: 1, outcome: 'newer-stored', read: 'fresh v2' },
  ];

export function describeFill(withCache: WithCache): void {
  describe('fill is judged by the clock of the lookup before the fetch', () => {
    it.each(DURING)('when $title during the fetch the fill is $outcome and reads as $read', ({ marks, outcome, read }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        for (const mark of marks) await steps.apply(mark);
        expect(await steps.arrive(fetch, 2)).toBe(outcome);
        expect(await steps.read()).toBe(read);
      }),
    );

    it('a mark at the clock of the lookup refuses nothing, only one above it', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(purged('all', '*'));
        const fetch = await steps.begin();
        expect(fetch.fence).toBe(fetch.clock);
        expect(await steps.arrive(fetch, 1)).toBe('stored');
      }));

    it('a 404 is fenced like content', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.apply(written(1));
        expect(await steps.arrive(fetch, 0, null)).toBe('below-hard-minimum');
        const again = await steps.begin();
        await steps.apply(purged('pattern', '*'));
        expect(await steps.arrive(again, 1, null)).toBe('hard-epoch');
      }));
  });

  describe('fill never goes back', () => {
    it.each(ORDERED_PAIRS)('v$first then v$second, from one clock: $outcome', ({ first, second, outcome, read }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.arrive(fetch, first);
        expect(await steps.arrive(fetch, second)).toBe(outcome);
        expect(await steps.read()).toBe(read);
      }),
    );

    it('content does not replace the 404 of its own deletion', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const early = await steps.begin();
        await steps.fetch(4, null);
        expect(await steps.arrive(early, 3)).toBe('newer-stored');
        expect(await steps.read()).toBe('fresh 404 v4');
      }));

    it('the same version read at a lower clock is refused, so a soft mark is not lost', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const early = await steps.begin();
        await steps.apply(purged('tag', 'a', 'soft'));
        await steps.fetch(1);
        expect(await steps.arrive(early, 1)).toBe('newer-stored');
        expect(await steps.read()).toBe('fresh v1');
      }));

    it('the same version read at a higher clock renews the entry', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        await steps.apply(purged('tag', 'a'));
        expect(await steps.fetch(1)).toBe('stored');
        expect(await steps.read()).toBe('fresh v1');
      }));

    it('an entry past its life no longer stands in the way', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.arrive(fetch, 2);
        await subject.clock.advance(LIFE_MS);
        expect(await steps.arrive(fetch, 1)).toBe('stored');
      }));
  });

  it('fill names each refusal, the first that holds in the order of the list', () =>
    withCache(async (subject) => {
      const otherLife = await new Steps(subject).begin();
      await subject.restart();
      const steps = new Steps(subject);
      const early = await steps.begin();
      await steps.apply(written(1, 'hard', 'content:9'));
      await subject.clock.advance(MARK_RETENTION_MS + 1);
      await steps.apply(written(3));
      const later = await steps.begin();
      await steps.fetch(5, ['a']);
      await steps.apply(purged('tag', 'a'));
      const outcomes = [
        await steps.arrive(otherLife, 1),
        await steps.arrive(early, 1),
        await steps.arrive(later, 1),
        await steps.arrive(later, 4),
        await steps.arrive(later, 6),
      ];
      expect(outcomes).toEqual(FILL_REFUSALS);
    }));
}
