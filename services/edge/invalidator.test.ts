/** The counterexamples to the first text of the protocol, each by its name in the review. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { contentOf, DELAY_MS, entryOf, eventOf, expectAllApplied, withRegion, writeOf } from './testing/kit.ts';

/** Longer than any backoff. */
const REPAIRED_MS = 5_000;
const UNREADABLE = { key: contentKey(1), value: 'no event', headers: {} };

describe('from the log to the cache', () => {
  test('V1: a delay lowered while events wait skips none of them', () =>
    withRegion({ delayMs: 10_000 }, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.store(contentOf(2, 1));
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(1_000);
      region.settings.change({ propagationDelayMs: 100 });
      await region.log.append([writeOf(2, 2)]);
      await region.clock.settle();
      expect(await region.stateOf(1)).toBe('invalid');
      await region.clock.advance(100);
      expect(await region.stateOf(2)).toBe('invalid');
      await expectAllApplied(region);
    }));

  test('V1: a record time that goes backwards inside a partition overtakes nothing', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.store(contentOf(2, 1));
      await region.log.append([writeOf(1, 2)]);
      region.clock.jumpWall(-60_000);
      await region.log.append([writeOf(2, 2)]);
      await region.clock.settle();
      expect(region.appliedOffsets()).toEqual(new Map());
      await region.clock.advance(DELAY_MS);
      expect([await region.stateOf(1), await region.stateOf(2)]).toEqual(['invalid', 'invalid']);
      await expectAllApplied(region);
    }));

  test('V1: a record that falls due before the one ahead of it waits for it: no gap is made, so none needs repair', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(100);
      await region.log.append([writeOf(2, 2)]);
      region.clock.jumpWall(-60_000);
      const appended = region.log.append([writeOf(3, 2)]);
      region.clock.jumpWall(60_000);
      await appended;
      await region.clock.advance(DELAY_MS - 100);
      expect(region.appliedOffsets()).toEqual(new Map([[0, 0]]));
      await region.clock.advance(100);
      await expectAllApplied(region);
      expect(region.cache.calls.filter((call) => call === 'positions')).toEqual(['positions']);
    }));

  for (const failingAt of [0, 2, 4]) {
    test(`V2: command ${failingAt} of a pipeline of five fails once, and the gap rule lets none pass it`, () =>
      withRegion({}, async (region) => {
        const ids = [1, 2, 3, 4, 5];
        await region.start();
        for (const id of ids) await region.store(contentOf(id, 1));
        let failures = 0;
        region.cache.failing = () => {
          failures += 1;
          return failures === 1 ? [failingAt] : [];
        };
        await region.log.append(ids.map((id) => writeOf(id, 2)));
        await region.clock.advance(DELAY_MS);
        expect(region.appliedOffsets().get(0) ?? -1).toBe(failingAt - 1);
        await region.clock.advance(REPAIRED_MS);
        for (const id of ids) expect(await region.stateOf(id)).toBe('invalid');
        await expectAllApplied(region);
      }));
  }

  test('V2: a failure the adapter did not notice is found as a gap by the next event', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      const apply = region.cache.apply.bind(region.cache);
      region.cache.apply = async (batch) => batch.map(() => 'applied');
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(DELAY_MS);
      region.cache.apply = apply;
      expect(await region.stateOf(1)).toBe('fresh');
      await region.log.append([writeOf(2, 2)]);
      await region.clock.advance(DELAY_MS + REPAIRED_MS);
      expect(await region.stateOf(1)).toBe('invalid');
      await expectAllApplied(region);
    }));

  test('V3: a cache that went back is noticed, and what it lost is applied again', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2), writeOf(2, 2)]);
      await region.clock.advance(DELAY_MS);
      await expectAllApplied(region);
      region.server.restart();
      await region.store(contentOf(1, 1));
      await region.clock.advance(DELAY_MS);
      expect(await region.stateOf(1)).toBe('invalid');
      await expectAllApplied(region);
    }));

  test('V3: a cache that went back before the edge was started again is invalid, and reads on from the last record of the log', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(DELAY_MS);
      await region.log.append([writeOf(2, 2)]);
      await region.restartEdge();
      region.server.restart();
      const before = await region.cache.lookup(contentKey(1));
      await region.start();
      await region.clock.advance(DELAY_MS);
      expect(await region.cache.fill(contentKey(1), entryOf(contentOf(1, 1), region.clock.now()), before)).toBe('hard-epoch');
      expect(await region.store(contentOf(2, 1))).toBe('below-hard-minimum');
      expect(region.meter.snapshot().metrics.totalInvalidations).toBe(1);
      await expectAllApplied(region);
    }));

  for (const { title, before, after } of [
    { title: 'a log of the same length', before: 2, after: 2 },
    { title: 'a longer log', before: 2, after: 5 },
    { title: 'a shorter log', before: 3, after: 1 },
    { title: 'an empty log', before: 3, after: 0 },
  ]) {
    for (const how of ['restart', 'rejoin'] as const) {
      test(`V6: the topic is made anew with ${title}, found at the next ${how}: everything is invalid and it is read from its last record`, () =>
        withRegion({}, async (region) => {
          await region.start();
          await region.log.append(Array.from({ length: before }, () => writeOf(1, 2)));
          await region.clock.advance(DELAY_MS);
          await region.store(contentOf(7, 1));
          const other = region.createLog();
          await other.append(Array.from({ length: after }, (_, at) => writeOf(2 + at, 3)));
          if (how === 'restart') {
            await region.restartEdge();
            region.log.inner = other;
            await region.start();
          } else await region.log.rejoin(other);
          await region.clock.settle();
          expect(await region.stateOf(7)).toBe('invalid');
          for (let at = 0; at < after; at += 1) await region.store(contentOf(2 + at, 2));
          await region.clock.advance(DELAY_MS);
          const states = await Promise.all(Array.from({ length: after }, (_, at) => region.stateOf(2 + at)));
          expect(states).toEqual(states.map((_, at) => (at === after - 1 ? 'invalid' : 'fresh')));
          await expectAllApplied(region);
          await region.log.append([writeOf(9, 2)]);
          await region.clock.advance(DELAY_MS);
          await expectAllApplied(region);
        }));
    }
  }

  for (const { title, more, states } of [
    { title: 'a delete (hard)', more: { mode: 'hard' }, states: { eager: 'invalid', lazy: 'invalid' } },
    { title: 'a soft purge', more: { mode: 'soft' }, states: { eager: 'stale', lazy: 'stale' } },
    { title: 'an update (no mode)', more: {}, states: { eager: 'invalid', lazy: 'stale' } },
  ] as const) {
    for (const strategy of ['eager', 'lazy'] as const) {
      test(`V7: ${title} makes an entry under the ${strategy} strategy ${states[strategy]}`, () =>
        withRegion({ strategy }, async (region) => {
          await region.start();
          await region.store(contentOf(1, 1, ['news']));
          await region.store(contentOf(2, 1, ['news']));
          await region.log.append([writeOf(1, 2, more), eventOf({ type: 'tag', target: 'news', ...more })]);
          await region.clock.advance(DELAY_MS);
          expect(await region.stateOf(1)).toBe(states[strategy]);
          expect(await region.stateOf(2)).toBe(states[strategy]);
        }));
    }
  }

  for (const partitions of [1, 3]) {
    test(`V11: an edge started again calls nothing fresh until it has applied what was in the log (${partitions} partitions)`, () =>
      withRegion({ partitions }, async (region) => {
        await region.start();
        await region.store(contentOf(1, 1));
        await region.restartEdge();
        await region.log.append([1, 2, 3, 4, 5, 6].map((id) => writeOf(id, 2)));
        expect(region.invalidator.catchingUp()).toBe(true);
        await region.start();
        await region.clock.advance(DELAY_MS - 1);
        expect(region.invalidator.catchingUp()).toBe(true);
        await region.clock.advance(1);
        expect(region.invalidator.catchingUp()).toBe(false);
        expect(await region.stateOf(1)).toBe('invalid');
      }));
  }

  test('V11: so does one that cannot join for hours', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.restartEdge();
      expect(region.invalidator.catchingUp()).toBe(true);
      await region.clock.advance(3 * 3_600_000);
      expect(region.invalidator.catchingUp()).toBe(true);
      await region.start();
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  test('V11: so does an edge that rejoins its group', () =>
    withRegion({}, async (region) => {
      await region.start();
      expect(region.invalidator.catchingUp()).toBe(false);
      await region.log.append([writeOf(1, 2)]);
      await region.log.rejoin();
      expect(region.invalidator.catchingUp()).toBe(true);
      await region.clock.advance(DELAY_MS);
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  for (const { strategy, state } of [
    { strategy: 'eager', state: 'invalid' },
    { strategy: 'lazy', state: 'stale' },
  ] as const) {
    test(`U9c: a record nobody can read makes everything ${state} under the ${strategy} strategy, at its position, and is counted`, () =>
      withRegion({ strategy }, async (region) => {
        await region.start();
        await region.store(contentOf(7, 1));
        await region.log.append([writeOf(1, 2), UNREADABLE, writeOf(1, 3)]);
        await region.clock.advance(DELAY_MS);
        expect(await region.stateOf(7)).toBe(state);
        expect(region.meter.unreadable).toBe(1);
        await expectAllApplied(region);
        await region.restartEdge();
        await region.start();
        await region.clock.advance(DELAY_MS);
        await expectAllApplied(region);
      }));
  }

  test('U9c: an unreadable record at the stored offset is known again after a restart', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([UNREADABLE]);
      await region.clock.advance(DELAY_MS);
      await region.store(contentOf(7, 1));
      await region.restartEdge();
      await region.start();
      expect(await region.stateOf(7)).toBe('fresh');
      await expectAllApplied(region);
    }));
});
