import { describe, expect, it } from 'vitest';
import { KEY, purged, recordAt, Steps, type WithCache, written } from './subject.ts';

export function describeApply(withCache: WithCache): void {
  describe('apply takes each record once, in the order of its partition', () => {
    it.each([
      { title: 'the record after the stored one', offset: 3, previous: 2, outcome: 'applied', applied: 3 },
      { title: 'the record at the stored offset', offset: 2, previous: 1, outcome: 'skipped', applied: 2 },
      { title: 'a record below the stored offset', offset: 0, previous: -1, outcome: 'skipped', applied: 2 },
      { title: 'a record whose predecessor is missing', offset: 4, previous: 3, outcome: 'gap', applied: 2 },
      { title: 'a record after a hole the log itself has', offset: 9, previous: 2, outcome: 'applied', applied: 9 },
    ])('$title is $outcome', ({ offset, previous, outcome, applied }) =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        for (const version of [1, 2, 3]) await steps.apply(written(version));
        const before = await steps.begin();
        expect(await steps.applyAt(written(7), offset, { previous })).toBe(outcome);
        expect((await subject.cache.takeUp()).positions.get(0)?.offset).toBe(applied);
        expect((await steps.begin()).clock).toBe(before.clock + (outcome === 'applied' ? 1 : 0));
      }),
    );

    it('the first record ever is a gap unless it is read from the start of its log', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        expect(await steps.applyAt(written(2), 5, { previous: 4 })).toBe('gap');
        expect(await steps.applyAt(written(2), 5, { previous: -1 })).toBe('applied');
      }));

    it('neither a skipped record nor a gap leaves a mark', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.apply(written(1));
        await steps.fetch(1);
        expect(await steps.applyAt(purged('all', '*'), 0)).toBe('skipped');
        expect(await steps.applyAt(purged('all', '*'), 2)).toBe('gap');
        expect(await steps.read()).toBe('fresh v1');
      }));

    it('a batch is applied in order, each record by itself, and answered record by record', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        await steps.fetch(1);
        const batch = [
          recordAt(written(2), 0),
          recordAt(written(2), 0),
          recordAt(written(4), 2),
          recordAt(purged('tag', 'b'), 0, { partition: 1 }),
          recordAt(written(3), 1),
        ];
        expect(await subject.cache.apply(batch)).toEqual(['applied', 'skipped', 'gap', 'applied', 'applied']);
        expect(await subject.cache.apply([])).toEqual([]);
        expect(await steps.fetch(3)).toBe('stored');
        expect(await steps.read()).toBe('fresh v3');
      }));

    it('partitions do not wait for one another', () =>
      withCache(async (subject) => {
        const steps = new Steps(subject);
        expect(await steps.apply(written(2), 2)).toBe('applied');
        expect(await steps.applyAt(written(3), 1, { partition: 1 })).toBe('gap');
        expect(await steps.apply(purged('tag', 'a'), 0)).toBe('applied');
        expect([...(await subject.cache.takeUp()).positions.keys()].sort()).toEqual([0, 2]);
      }));
  });

  describe('marks come to the same whatever their order', () => {
    const marks = [written(2), written(3, 'soft'), written(2), purged('tag', 'b'), purged('key', 'content:3')];
    const orders = permutations(marks.map((_, at) => at));

    it(`all ${orders.length} orders of five events leave v1 invalid, v2 stale and v3 fresh`, () =>
      withCache(async (subject) => {
        for (const order of orders) {
          await subject.restart();
          const steps = new Steps(subject);
          for (const at of order) await steps.apply(marks[at] ?? purged('all', '*'));
          expect(await steps.fetch(1)).toBe('below-hard-minimum');
          expect(await steps.fetch(2)).toBe('stored');
          expect(await steps.read()).toBe('stale v2');
          expect(await steps.fetch(3)).toBe('stored');
          expect(await steps.read()).toBe('fresh v3');
        }
      }));
  });

  describe('positions are kept beside the data', () => {
    it('each has the identity of the record applied there', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        expect((await cache.takeUp()).positions).toEqual(new Map());
        const applied = [recordAt(written(2), 0), recordAt(written(3), 1), recordAt(purged('key', KEY), 0, { partition: 2 })];
        await cache.apply(applied);
        expect((await cache.takeUp()).positions).toEqual(
          new Map([0, 2].map((partition) => [partition, applied[partition === 0 ? 1 : 2]?.position])),
        );
      }));

    it('a skipped record and a gap leave the stored identity as it was', () =>
      withCache(async (subject) => {
        const { cache } = subject;
        await cache.apply([recordAt(written(2), 0)]);
        const before = (await cache.takeUp()).positions;
        const other = recordAt(written(3), 0);
        await cache.apply([{ ...other, position: { ...other.position, id: 'another' } }, recordAt(written(3), 2)]);
        expect((await cache.takeUp()).positions).toEqual(before);
      }));
  });
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
