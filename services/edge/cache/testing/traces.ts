/**
 * The counterexamples that made the protocol what it is, as far as they concern the cache alone: each test is the
 * shortest trace, step by step, under the code it has in the review of the first text. Those that need the edge or the
 * log (V1, V9, V11, U1, U7, U8) are told beside these.
 */
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  FRESH_MS,
  forgetLog,
  KEY,
  MARK_RETENTION_MS,
  OTHER_KEY,
  purged,
  recordAt,
  Steps,
  type WithCache,
  written,
} from './subject.ts';

export function describeTraces(withCache: WithCache): void {
  describeLost(withCache);
  describeLeftOpen(withCache);
}

function describeLost(withCache: WithCache): void {
  describe('what the first text of the protocol lost', () => {
    it('V2: one failed command in a pipeline does not let the next one pass it', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        expect(await steps.applyAt(written(1, 'hard', OTHER_KEY), 1)).toBe('gap');
        expect(await steps.applyAt(written(2), 0)).toBe('applied');
        expect(await steps.read()).toBe('invalid');
        expect(await steps.applyAt(written(1, 'hard', OTHER_KEY), 1)).toBe('applied');
      }));

    it('V3: a cache that went back less than the commit lag is noticed by the next apply', () =>
      withCache(async (subject) => {
        await new Steps(subject).apply(written(2));
        await subject.restart();
        const steps = new Steps(subject);
        expect(await steps.applyAt(written(1, 'hard', OTHER_KEY), 1)).toBe('gap');
        expect((await subject.cache.takeUp()).positions).toEqual(new Map());
        expect(await steps.applyAt(written(2), 0)).toBe('applied');
        expect(await steps.fetch(1)).toBe('below-hard-minimum');
      }));

    it('V4: a cache that came back answers nothing from before, neither fresh nor stale', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        await steps.apply(written(2));
        await subject.restart();
        expect(await steps.read()).toBe('absent');
      }));

    it('V5: a fetch begun before the cache came back empty stores nothing', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.apply(written(2));
        await subject.restart();
        expect(await steps.arrive(fetch, 1)).toBe('other-life');
        expect(await steps.read()).toBe('absent');
      }));

    it('V5: the clock of another life means nothing, however high the new one has risen', () =>
      withCache(async (subject) => {
        await new Steps(subject).apply(purged('tag', 'a'));
        const fetch = await new Steps(subject).begin();
        await subject.restart();
        const steps = new Steps(subject);
        for (const tag of ['x', 'y', 'z']) await steps.apply(purged('tag', tag));
        expect((await steps.begin()).clock).toBeGreaterThan(fetch.clock);
        expect(await steps.arrive(fetch, 1)).toBe('other-life');
      }));

    it('V6: with the log made anew, a record at an offset applied before is applied again', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(2));
        await steps.fetch(2);
        const { position } = recordAt(written(2), 0);
        expect((await subject.cache.takeUp()).positions.get(0)).toEqual(position);
        await forgetLog(subject.cache);
        expect(await steps.read()).toBe('invalid');
        expect(await steps.applyAt(written(3), 0)).toBe('applied');
        expect(await steps.fetch(2)).toBe('below-hard-minimum');
      }));

    it('V7: a delete stays hard among soft writes, in either order', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        await steps.apply(written(2, 'soft'));
        expect(await steps.read()).toBe('stale v1');
        await steps.apply(written(3, 'hard'));
        expect(await steps.read()).toBe('invalid');
        await steps.apply(written(4, 'soft'));
        expect(await steps.read()).toBe('invalid');
      }));

    it('V7: a hard purge is hard where writes are soft', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(1, 'soft'));
        await steps.fetch(1);
        await steps.apply(purged('key', KEY, 'hard'));
        expect(await steps.read()).toBe('invalid');
      }));

    it('V8: a fetch that outlived the mark of its key is refused, not stored', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.apply(written(2));
        await subject.clock.advance(MARK_RETENTION_MS + 1);
        await steps.apply(written(1, 'hard', OTHER_KEY));
        expect(await steps.arrive(fetch, 1)).toBe('below-floor');
        expect(await steps.read()).toBe('absent');
      }));

    it('V8: an entry that outlived the epoch of its tag is not fresh again', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await subject.cache.fill(KEY, lasting(subject.clock.now()), fetch);
        await steps.apply(purged('tag', 'a'));
        expect(await steps.read()).toBe('invalid');
        await subject.clock.advance(MARK_RETENTION_MS + 1);
        await steps.apply(written(1, 'hard', OTHER_KEY));
        expect(await steps.read()).toBe('invalid');
      }));

    it('V10: a flush during a fetch does not open the fence', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.apply(written(2));
        await subject.cache.flush();
        expect(await steps.arrive(fetch, 1)).toBe('below-hard-minimum');
        expect(await steps.fetch(1)).toBe('below-hard-minimum');
        expect(await steps.read()).toBe('absent');
      }));
  });
}

function describeLeftOpen(withCache: WithCache): void {
  describe('what the first text of the protocol left open', () => {
    it('U2: after the soft apply of a create the old 404 is not served once more', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(0, null);
        await steps.apply(written(1, 'soft'));
        expect(await steps.read()).toBe('invalid');
      }));

    it('U2: a 404 read before the create does not replace what another fetch stored', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const early = await steps.begin();
        await steps.fetch(1);
        expect(await steps.arrive(early, 0, null)).toBe('newer-stored');
        expect(await steps.read()).toBe('fresh v1');
      }));

    it('U2: an older fetch does not put content back over the 404 of its deletion', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const early = await steps.begin();
        await steps.fetch(2, null);
        expect(await steps.arrive(early, 1)).toBe('newer-stored');
        expect(await steps.read()).toBe('fresh 404 v2');
      }));

    it('U3: the purge of a tag that no entry is known to have raises the fence above a fetch under way', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await steps.apply(purged('tag', 'a'));
        expect((await steps.begin()).fence).toBeGreaterThan(fetch.clock);
      }));

    it('U4: the fence is risen in the first lookup after the apply, with no step in between', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        const fetch = await steps.begin();
        await subject.cache.apply([recordAt(purged('tag', 'a'), 0), recordAt(written(9, 'hard', OTHER_KEY), 1)]);
        const reader = await steps.begin();
        expect(reader.fence).toBeGreaterThan(fetch.clock);
        expect(reader.fence).toBeLessThan(reader.clock);
      }));

    it.each([
      {
        reading: "the entry at the event's version is given a new clock, which forgets the purge of its tag",
        stored: 2,
        marks: [purged('tag', 'a'), written(2)],
        read: 'invalid',
      },
      {
        reading: 'only versions are looked at, so a purge of the key does nothing',
        stored: 1,
        marks: [purged('key', KEY)],
        read: 'invalid',
      },
      {
        reading: 'one minimum with the last mode, so a soft v3 softens a hard v2',
        stored: 1,
        marks: [written(2, 'hard'), written(3, 'soft')],
        read: 'invalid',
      },
      {
        reading: 'one minimum with the last mode, so the repeat of v2 brings back what the delete v3 took',
        stored: 1,
        marks: [written(2, 'soft'), written(3, 'hard'), written(2, 'soft')],
        read: 'invalid',
      },
      {
        reading: 'an epoch for every event, so its own event makes the current entry a miss',
        stored: 2,
        marks: [written(2), written(2)],
        read: 'fresh v2',
      },
    ])('U5: read as `$reading`, v$stored still reads as $read', ({ stored, marks, read }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(stored);
        for (const mark of marks) await steps.apply(mark);
        expect(await steps.read()).toBe(read);
      }),
    );

    it.each([
      { title: 'a purge of the tag', mark: purged('tag', 'a'), outcome: 'hard-epoch' },
      { title: 'the event of v2', mark: written(2), outcome: 'below-hard-minimum' },
    ])('U6: a 304 read before $title is a fill with the clock of its own lookup, and refused', ({ mark, outcome }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        await subject.clock.advance(FRESH_MS);
        const revalidation = await steps.begin();
        expect(revalidation.state).toBe('stale');
        await steps.apply(mark);
        expect(await steps.arrive(revalidation, 1)).toBe(outcome);
        expect(await steps.read()).toBe('invalid');
      }),
    );
  });
}

function lasting(now: number) {
  return { ...answerOf(1, ['a'], now), freshUntil: Number.MAX_SAFE_INTEGER, expiresAt: Number.MAX_SAFE_INTEGER };
}
