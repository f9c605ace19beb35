/** What a queue tells of the records it has applied, in `/metrics`. When it applies them: invalidator-queue.test.ts. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { sleep } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { MemoryCache } from './cache/memory.ts';
import { Invalidator } from './invalidator.ts';
import { EdgeMeter } from './metrics.ts';
import { contentOf, DELAY_MS, eventOf, expectAllApplied, withRegion, writeOf } from './testing/kit.ts';

describe('what was applied last', () => {
  test('is told with when the log took it, when it came, when it was due and when the cache had it', () =>
    withRegion({}, async (region) => {
      const takenAt = region.clock.now();
      await region.log.append([writeOf(1, 2, { id: 'a' })]);
      await region.clock.advance(40);
      await region.start();
      await region.clock.advance(DELAY_MS);
      const applied = { recordedAt: takenAt, arrivedAt: takenAt + 40, dueAt: takenAt + DELAY_MS, appliedAt: takenAt + DELAY_MS };
      expect(region.meter.snapshot().recent).toEqual([
        { id: 'a', type: 'key', target: contentKey(1), version: 2, mode: 'hard', partition: expect.any(Number), offset: 0, ...applied },
      ]);
    }));

  test('is due by the delay in force when it is applied, and applied when the cache answers', () =>
    withRegion({ delayMs: 10_000 }, async (region) => {
      await region.start();
      const takenAt = region.clock.now();
      await region.log.append([eventOf({ id: 'b', type: 'tag', target: 'news', mode: 'soft' })]);
      await region.clock.advance(1_000);
      region.cache.before = (command) => (command === 'apply' ? sleep(region.clock, 70) : undefined);
      region.settings.change({ propagationDelayMs: 100 });
      await region.clock.advance(70);
      const applied = { recordedAt: takenAt, arrivedAt: takenAt, dueAt: takenAt + 100, appliedAt: takenAt + 1_070 };
      const place = { partition: expect.any(Number), offset: 0 };
      expect(region.meter.snapshot().recent).toEqual([
        { id: 'b', type: 'tag', target: 'news', version: null, mode: 'soft', ...place, ...applied },
      ]);
    }));

  test('has the mode it was applied in, though the strategy changed before the cache answered', () =>
    withRegion({ strategy: 'lazy' }, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.log.append([writeOf(1, 2)]);
      region.cache.before = (command) => (command === 'apply' ? sleep(region.clock, 10) : undefined);
      await region.clock.advance(DELAY_MS);
      region.settings.change({ strategy: 'eager' });
      await region.clock.advance(10);
      expect(await region.stateOf(1)).toBe('stale');
      expect(region.meter.snapshot().recent).toMatchObject([{ mode: 'soft' }]);
    }));

  test('leaves out what another edge on the same cache applied before', () =>
    withRegion({}, async (region) => {
      const { clock, log, settings } = region;
      const meter = new EdgeMeter(clock);
      const cache = new MemoryCache(region.server);
      const other = new Invalidator({ region: 'test', group: 'test', log, cache, settings, clock, meter, logger: silentLogger });
      await other.start();
      await region.start();
      await log.append([writeOf(1, 2), writeOf(1, 3)]);
      await clock.advance(DELAY_MS);
      await other.close();
      expect(meter.snapshot().recent).toHaveLength(2);
      expect(region.meter.snapshot().recent).toEqual([]);
      await expectAllApplied(region);
    }));
});
