/** Which heartbeats count, and when; and that they are in no count of events. */
import { describe, expect, test } from 'vitest';
import type { LogMessage } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { contentOf, DELAY_MS, expectAllApplied, type Region, withRegion, writeOf } from './testing/kit.ts';

const SKEW_MS = 500;
const LEASED = { skewMs: SKEW_MS, partitions: 2 };
const CHECKED_MS = 1_001;

function beats(time: number, partitions = [0, 1]): LogMessage[] {
  const value = heartbeatValue({ time, partitions: 2 });
  return partitions.map((partition) => ({ key: 'heartbeat', value, headers: {}, partition }));
}

async function beatOf(region: Region): Promise<number | undefined> {
  return (await region.cache.lookup('content:1')).beat;
}

describe('a heartbeat', () => {
  test('takes effect once the log was found to be the same after it was applied, without its delay', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      const time = region.clock.now();
      await region.log.append(beats(time));
      await region.clock.settle();
      expect(region.appliedOffsets()).toEqual(
        new Map([
          [0, 0],
          [1, 0],
        ]),
      );
      expect(await beatOf(region)).toBeUndefined();
      await region.clock.advance(CHECKED_MS);
      expect(await beatOf(region)).toBe(time);
      await expectAllApplied(region);
    }));

  test('waits behind the events before it, and holds no event back', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      const time = region.clock.now();
      const before = { ...writeOf(1, 2), partition: 0 };
      const after = { ...writeOf(1, 3), partition: 0 };
      await region.log.append([before, ...beats(time), after]);
      await region.clock.advance(DELAY_MS - 1);
      expect(region.appliedOffsets()).toEqual(new Map([[1, 0]]));
      await region.clock.advance(1);
      expect(region.appliedOffsets()).toEqual(
        new Map([
          [0, 2],
          [1, 0],
        ]),
      );
    }));

  test('is in no count of events', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      const event = { ...writeOf(1, 2), partition: 0 };
      await region.log.append([event]);
      for (let at = 0; at < 5; at += 1) await region.log.append(beats(region.clock.now()));
      await region.clock.settle();
      expect(region.invalidator.status()).toMatchObject({ queued: 1, unmarked: 5, overdueMs: 0 });
      await region.clock.advance(DELAY_MS);
      expect(region.invalidator.status()).toMatchObject({ queued: 0, unmarked: 0 });
      expect(region.meter.snapshot()).toMatchObject({ metrics: { totalInvalidations: 1 } });
      expect(region.meter.snapshot().recent).toHaveLength(1);
      expect(region.meter.unreadable).toBe(0);
      expect(region.cache.calls.filter((call) => call === 'pass').length, 'several in a row are one step').toBeLessThan(10);
    }));

  test('of a cache that refuses it is overdue for nobody', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      region.cache.before = (command) => {
        if (command === 'pass') throw new Error('refused');
      };
      await region.log.append(beats(region.clock.now()));
      await region.clock.advance(500);
      expect(region.invalidator.status()).toMatchObject({ queued: 0 });
      region.cache.before = () => {};
    }));

  test('from beyond the skew ahead has no effect, is counted, and its place is passed', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      await region.log.append(beats(region.clock.now() + SKEW_MS + 1));
      await region.clock.advance(CHECKED_MS);
      expect(await beatOf(region)).toBeUndefined();
      expect(region.invalidator.status()).toMatchObject({ evidence: { heartbeats: 2, fromFuture: 2, isFromFuture: true } });
      await expectAllApplied(region);
    }));

  test('from within the skew ahead counts as of now', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      const now = region.clock.now();
      await region.log.append(beats(now + SKEW_MS));
      await region.clock.advance(CHECKED_MS);
      expect(await beatOf(region)).toBe(now);
    }));

  test('that was applied before a take-up is dropped with it', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      await region.log.append(beats(region.clock.now()));
      await region.clock.settle();
      region.server.restart(region.server.store);
      await region.clock.advance(CHECKED_MS);
      expect(await beatOf(region)).toBeUndefined();
    }));

  test('of a log made anew counts for nothing before that was noticed', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.log.append(beats(region.clock.now()));
      await region.clock.advance(CHECKED_MS);
      const held = await beatOf(region);
      const anew = new MemoryLog({ clock: region.clock, partitions: 2 });
      await anew.append(beats(region.clock.now() + 1));
      await anew.append(beats(region.clock.now() + 2));
      expect(await beatOf(region)).toBe(held);
      await region.log.rejoin(anew);
      await region.clock.settle();
      expect(await beatOf(region), 'forgotten with the log').toBeUndefined();
      expect(await region.stateOf(1)).toBe('invalid');
      await region.clock.advance(CHECKED_MS);
      expect(await beatOf(region)).toBeDefined();
    }));

  test('is passed over by an edge without a lease', () =>
    withRegion({ partitions: 2 }, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.log.append(beats(region.clock.now()));
      await region.log.append([{ key: 'x', value: '{"type":"weather","skippable":true}', headers: {}, partition: 0 }]);
      await region.clock.advance(CHECKED_MS);
      await expectAllApplied(region);
      expect(await region.stateOf(1)).toBe('fresh');
      expect(await beatOf(region)).toBeUndefined();
    }));
});
