/** From the start of an edge, or a rejoin, until it has caught up. */
import { describe, expect, test } from 'vitest';
import type { InvalidationLog } from '../log/log.ts';
import { sleep } from '../runtime/clock.ts';
import { contentOf, DELAY_MS, expectAllApplied, withRegion, writeOf } from './testing/kit.ts';

const REPAIRED_MS = 5_000;

/** Assigns one partition with these bounds and delivers nothing. */
function silentLog(bounds: { readonly start: number; readonly end: number }): InvalidationLog {
  const assigned = [{ partition: 0, ...bounds }];
  return {
    append: async () => {},
    async subscribe(subscriber) {
      await subscriber.onAssigned(assigned);
      return { seek() {}, pause() {}, resume() {}, commit: async () => {}, isSameLog: async () => true, close: async () => {} };
    },
    bounds: async () => assigned,
    connected: () => true,
    close: async () => {},
  };
}

describe('before the subscription is there', () => {
  test('a log found to be another one is read on from its last record all the same', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.log.inner = region.createLog();
      await region.log.append([writeOf(2, 2)]);
      region.log.afterSubscribe = () => sleep(region.clock, 1_000);
      void region.invalidator.start();
      await region.clock.advance(1_000 + REPAIRED_MS);
      await expectAllApplied(region);
      expect(await region.store(contentOf(2, 1))).toBe('below-hard-minimum');
    }));

  test('an apply that fails is repaired all the same', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.log.append([writeOf(1, 2), writeOf(2, 2)]);
      region.cache.failing = () => (region.clock.monotonicMs() < 500 ? [0] : []);
      region.log.afterSubscribe = () => sleep(region.clock, 1_000);
      void region.invalidator.start();
      await region.clock.advance(1_000 + REPAIRED_MS);
      await expectAllApplied(region);
    }));

  test('a new life of the cache is taken up all the same', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.log.afterSubscribe = () => sleep(region.clock, 1_000);
      void region.invalidator.start();
      await region.clock.advance(500);
      region.server.restart();
      await region.clock.advance(1_000 + REPAIRED_MS);
      await expectAllApplied(region);
    }));
});

describe('catching up', () => {
  test('ends on a partition whose records are all past their retention', () =>
    withRegion({}, async (region) => {
      region.log.inner = silentLog({ start: 5, end: 5 });
      await region.start();
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  test('ends at once when everything was made invalid: nothing cached can be old', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2), writeOf(1, 3)]);
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.log.inner = silentLog({ start: 5, end: 5 });
      await region.start();
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  test('does not end before the record at the stored offset has been read: the log may be another one', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2), writeOf(1, 3)]);
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.log.inner = silentLog({ start: 0, end: 2 });
      await region.start();
      expect(region.appliedOffsets()).toEqual(await region.endOffsets());
      expect(region.invalidator.catchingUp()).toBe(true);
    }));
});
