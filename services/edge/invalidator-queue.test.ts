/** When an event is applied: the delay, the bound of the queue, a cache that is away, the end. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { MemoryCache } from './cache/memory.ts';
import { contentOf, DELAY_MS, entryOf, eventOf, expectAllApplied, FaultyCache, type Region, withRegion, writeOf } from './testing/kit.ts';

const REPAIRED_MS = 5_000;
const QUEUE_MAX = 10_000;
const DELIVERED_AT_ONCE_MAX = 500;
const AHEAD_MS = 3_600_000;

function writes(count: number) {
  return Array.from({ length: count }, (_, at) => writeOf(1, at + 2));
}

describe('the propagation delay', () => {
  test('a burst of 50 events is applied one delay after the last of them, not after 50', () =>
    withRegion({}, async (region) => {
      await region.start();
      for (let at = 0; at < 50; at += 1) {
        await region.log.append([writeOf(at + 1, 2)]);
        await region.clock.advance(2);
      }
      await region.clock.advance(DELAY_MS - 3);
      expect(region.appliedOffsets()).toEqual(new Map([[0, 48]]));
      await region.clock.advance(1);
      await expectAllApplied(region);
      expect(region.meter.snapshot().metrics.totalInvalidations).toBe(50);
    }));

  test('a delay of 0 applies at once', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      await region.log.append(writes(3));
      await region.clock.settle();
      await expectAllApplied(region);
      expect(region.clock.monotonicMs()).toBe(0);
    }));

  test('a delay lowered while events wait lets them go, without another record to remind the queue', () =>
    withRegion({ delayMs: 10_000 }, async (region) => {
      await region.start();
      await region.log.append(writes(2));
      await region.clock.advance(500);
      region.settings.change({ propagationDelayMs: 100 });
      await region.clock.settle();
      await expectAllApplied(region);
    }));

  test('a delay raised while events wait holds them longer', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append(writes(1));
      await region.clock.settle();
      region.settings.change({ propagationDelayMs: 1_000 });
      await region.clock.advance(999);
      expect(region.appliedOffsets()).toEqual(new Map());
      await region.clock.advance(1);
      await expectAllApplied(region);
    }));

  for (const { title, jumpMs, waitsMs } of [
    { title: 'a record stamped by a clock ahead of ours waits no longer than the delay', jumpMs: -AHEAD_MS, waitsMs: DELAY_MS },
    { title: 'a record older than the delay is applied as it comes', jumpMs: AHEAD_MS, waitsMs: 0 },
  ]) {
    test(title, () =>
      withRegion({}, async (region) => {
        await region.log.append(writes(1));
        region.clock.jumpWall(jumpMs);
        await region.start();
        if (waitsMs > 0) {
          await region.clock.advance(waitsMs - 1);
          expect(region.appliedOffsets()).toEqual(new Map());
          await region.clock.advance(1);
        }
        await expectAllApplied(region);
      }),
    );
  }

  test('a wall clock set back after a record has come does not hold it back', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append(writes(1));
      await region.clock.settle();
      region.clock.jumpWall(-AHEAD_MS);
      await region.clock.advance(DELAY_MS);
      await expectAllApplied(region);
    }));

  test('a strategy switched while events wait holds for them', () =>
    withRegion({ strategy: 'eager' }, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      region.settings.change({ strategy: 'lazy' });
      await region.clock.advance(DELAY_MS);
      expect(await region.stateOf(1)).toBe('stale');
      expect(region.meter.snapshot().metrics).toMatchObject({ lazyInvalidations: 1, eagerInvalidations: 0 });
    }));
});

describe('the queue', () => {
  test('above its bound the consumer pauses, and later goes on with nothing lost', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append(writes(3 * QUEUE_MAX));
      await region.clock.settle();
      expect(region.log.pauses).toEqual(['pause 0']);
      expect(region.invalidator.status().queued).toBeLessThanOrEqual(QUEUE_MAX + DELIVERED_AT_ONCE_MAX);
      await region.clock.advance(3 * DELAY_MS);
      expect(region.log.pauses).toContain('resume 0');
      await expectAllApplied(region);
      expect(region.meter.snapshot().metrics.totalInvalidations).toBe(3 * QUEUE_MAX);
      expect(await region.store(contentOf(1, 3 * QUEUE_MAX))).toBe('below-hard-minimum');
    }));

  test('a partition that was paused is read on after its queue was dropped', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append(writes(2 * QUEUE_MAX));
      await region.clock.settle();
      region.server.restart();
      await region.clock.advance(3 * DELAY_MS);
      await expectAllApplied(region);
    }));
});

describe('a cache that is away', () => {
  test('everything is applied when it is back, and it is asked ever more rarely until then', () =>
    withRegion({ partitions: 3 }, async (region) => {
      await region.start();
      await region.log.append([1, 2, 3, 4, 5, 6].map((id) => writeOf(id, 2)));
      await region.clock.advance(DELAY_MS);
      const before = region.appliedOffsets();
      await region.log.append([1, 2, 3, 4, 5, 6].map((id) => writeOf(id, 3)));
      region.cache.away = true;
      await region.clock.advance(60_000);
      expect(region.cache.calls.filter((call) => call === 'positions').length).toBeLessThan(75);
      expect(region.appliedOffsets()).toEqual(before);
      region.cache.away = false;
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
      expect(region.meter.snapshot().metrics.totalInvalidations).toBe(12);
    }));

  test('an edge started meanwhile joins when it is back', () =>
    withRegion({}, async (region) => {
      await region.log.append(writes(2));
      region.cache.away = true;
      const started = region.invalidator.start();
      await region.clock.advance(10_000);
      expect(region.invalidator.catchingUp()).toBe(true);
      region.cache.away = false;
      await region.clock.advance(REPAIRED_MS);
      await started;
      await expectAllApplied(region);
    }));

  test('one that comes back empty is invalid as a whole, does not hear the log again, and converges', () =>
    withRegion({ partitions: 3 }, async (region) => {
      await region.start();
      await region.log.append([1, 2, 3].map((id) => writeOf(id, 2)));
      await region.log.append([eventOf({ type: 'tag', target: 'news' })]);
      await region.clock.advance(DELAY_MS);
      await region.log.append([4, 5, 6].map((id) => writeOf(id, 2)));
      await region.clock.settle();
      region.server.restart();
      const fetches = await Promise.all([1, 2, 3, 4, 5, 6].map(async (id) => [id, await region.cache.lookup(contentKey(id))] as const));
      await region.clock.advance(DELAY_MS + REPAIRED_MS);
      await expectAllApplied(region);
      for (const [id, begun] of fetches) {
        const late = entryOf(contentOf(id, 1), region.clock.now());
        expect(await region.cache.fill(contentKey(id), late, begun), contentKey(id)).toMatch(/^(hard-epoch|below-hard-minimum)$/);
      }
    }));
});

describe('close', () => {
  const states: { title: string; into: (region: Region) => Promise<void> }[] = [
    { title: 'while events wait', into: async () => {} },
    {
      title: 'while a failed apply waits for its repair',
      into: async ({ cache, clock }) => {
        cache.away = true;
        await clock.advance(DELAY_MS);
      },
    },
    {
      title: 'while a take-up waits for the cache',
      into: async ({ cache, clock }) => {
        cache.away = true;
        await clock.advance(20 * DELAY_MS);
      },
    },
  ];
  for (const { title, into } of states) {
    test(`stops every timer, and nothing is applied afterwards (${title})`, () =>
      withRegion({}, async (region) => {
        await region.start();
        await region.log.append(writes(5));
        await region.clock.settle();
        await into(region);
        expect(region.clock.timers).toBeGreaterThan(0);
        await region.invalidator.close();
        expect(region.clock.timers).toBe(0);
        region.cache.away = false;
        await region.clock.advance(60_000);
        expect(region.appliedOffsets()).toEqual(new Map());
      }));
  }

  test('an edge that ends while it waits for the cache at its start does not hang', () =>
    withRegion({}, async (region) => {
      region.cache.away = true;
      const started = region.invalidator.start();
      const failed = expect(started).rejects.toThrow('the cache is away');
      await region.clock.advance(1_000);
      await region.invalidator.close();
      await failed;
      expect(region.clock.timers).toBe(0);
    }));

  test('another edge on the same cache goes on where the closed one was', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append(writes(2));
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.cache = new FaultyCache(new MemoryCache(region.server));
      await region.start();
      await region.log.append(writes(1));
      await region.clock.advance(DELAY_MS);
      await expectAllApplied(region);
      expect(region.meter.snapshot().metrics.totalInvalidations).toBe(1);
    }));
});
