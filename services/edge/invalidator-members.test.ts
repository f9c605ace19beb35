/** Several edges on one cache: each reads the whole log, and what one has applied the others pass over. */
import { describe, expect, test } from 'vitest';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { silentLogger } from '../runtime/log.ts';
import { MemoryCache } from './cache/memory.ts';
import { Invalidator } from './invalidator.ts';
import { EdgeMeter } from './metrics.ts';
import {
  contentOf,
  DELAY_MS,
  expectAllApplied,
  FaultyCache,
  type Region,
  type RegionOptions,
  RejoiningLog,
  withRegion,
  writeOf,
} from './testing/kit.ts';

interface Other {
  readonly cache: FaultyCache;
  readonly log: RejoiningLog;
  readonly meter: EdgeMeter;
  readonly invalidator: Invalidator;
}

const SKEW_MS = 500;

/** A second edge, not started. */
async function withOther(options: RegionOptions, use: (region: Region, other: Other) => Promise<void>): Promise<void> {
  await withRegion({ ...options, skewMs: SKEW_MS }, async (region) => {
    const { clock, settings } = region;
    const [cache, log, meter] = [new FaultyCache(new MemoryCache(region.server)), new RejoiningLog(region.log.inner), new EdgeMeter(clock)];
    const shared = { cache, log, settings, clock, meter, skewMs: SKEW_MS };
    const other = { cache, log, meter, invalidator: new Invalidator({ region: 'test', group: 'test-2', logger: silentLogger, ...shared }) };
    try {
      await use(region, other);
    } finally {
      await other.invalidator.close();
      await cache.close();
    }
  });
}

describe('two edges on one cache', () => {
  test('apply each event once between them, and both have caught up', () =>
    withOther({ partitions: 3 }, async (region, other) => {
      await Promise.all([region.start(), other.invalidator.start()]);
      await region.log.append([1, 2, 3, 4, 5].map((id) => writeOf(id, 2)));
      await region.clock.advance(2 * DELAY_MS);
      await expectAllApplied(region);
      expect(other.invalidator.status()).toMatchObject({ queued: 0, catchingUp: false });
      const totals = [region.meter, other.meter].map((meter) => meter.snapshot().metrics.totalInvalidations);
      expect(totals.reduce((sum, total) => sum + total, 0)).toBe(5);
    }));

  test('lose nothing and wait for nothing when one of them ends', () =>
    withOther({}, async (region, other) => {
      await Promise.all([region.start(), other.invalidator.start()]);
      await region.store(contentOf(1, 1));
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(DELAY_MS / 2);
      await region.invalidator.close();
      await region.clock.advance(DELAY_MS / 2);
      expect(await region.stateOf(1)).toBe('invalid');
    }));

  test('a start is caught up when what the log held then is applied, whoever applied it', () =>
    withOther({}, async (region, other) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      await other.invalidator.start();
      expect(other.invalidator.catchingUp()).toBe(true);
      await region.clock.advance(DELAY_MS);
      expect(other.invalidator.catchingUp()).toBe(false);
    }));

  test('what one applies while the other joins does not look like another log', () =>
    withOther({ delayMs: 0 }, async (region, other) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      other.cache.before = async (command) => {
        if (command !== 'takeUp') return;
        other.cache.before = () => {};
        await region.log.append([writeOf(2, 2), writeOf(3, 2)]);
        await region.clock.settle();
      };
      await other.invalidator.start();
      await region.clock.settle();
      expect(other.cache.calls).not.toContain('forgetLog');
      expect(other.invalidator.status()).toMatchObject({ queued: 0, catchingUp: false });
      await expectAllApplied(region);
    }));

  test('that begin with an empty cache do not take from one another the place where they read on', () =>
    withOther({ partitions: 2 }, async (region, other) => {
      await region.log.append([1, 2, 3, 4, 5, 6].map((id) => writeOf(id, 2)));
      await region.start();
      await other.invalidator.start();
      await region.clock.advance(2 * DELAY_MS);
      for (const { calls } of [region.cache, other.cache]) expect(calls).not.toContain('forgetLog');
      await expectAllApplied(region);
      expect(other.invalidator.status()).toMatchObject({ queued: 0, catchingUp: false });
    }));

  test('one that finds such a place makes everything invalid, for nothing says which log it is of', () =>
    withOther({}, async (region, other) => {
      await region.log.append([writeOf(1, 2), writeOf(2, 2)]);
      await region.start();
      await region.store(contentOf(3, 1));
      expect(await region.stateOf(3)).toBe('fresh');
      await other.invalidator.start();
      expect(await region.stateOf(3)).toBe('invalid');
    }));

  test('a log made anew is forgotten once, and both read the next one from its start', () =>
    withOther({ delayMs: 0 }, async (region, other) => {
      await Promise.all([region.start(), other.invalidator.start()]);
      await region.log.append([writeOf(1, 2), writeOf(2, 2)]);
      await region.clock.settle();
      const next = region.createLog();
      await next.append([writeOf(1, 3)]);
      const { clock } = region.server.store.lookup('content:1', 0);
      for (const { subscriber } of [region.log, other.log]) subscriber?.onOtherLog?.();
      await region.log.rejoin(next);
      await region.clock.settle();
      await region.store(contentOf(1, 3));
      await other.log.rejoin(next);
      await region.clock.settle();
      // One epoch of all and one event.
      expect(region.server.store.lookup('content:1', 0)).toMatchObject({ state: 'fresh', clock: clock + 2 });
      await expectAllApplied(region);
      expect(other.invalidator.catchingUp()).toBe(false);
    }));

  test('nor is it forgotten by one that another overtakes', () =>
    withOther({ delayMs: 0 }, async (region, other) => {
      await other.invalidator.start();
      await other.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      const { clock } = region.server.store.lookup('content:1', 0);
      other.cache.before = async (command) => {
        if (command !== 'forgetLog') return;
        other.cache.before = () => {};
        await region.cache.forgetLog((await region.cache.takeUp()).generation);
      };
      other.log.subscriber?.onOtherLog?.();
      await other.log.rejoin(region.createLog());
      await region.clock.settle();
      expect(other.cache.calls).toContain('forgetLog');
      expect(region.server.store.lookup('content:1', 0).clock).toBe(clock + 1);
      expect(other.invalidator.catchingUp()).toBe(false);
    }));

  test('what one still has of the old log is not applied after the other has forgotten it', () =>
    withOther({ delayMs: DELAY_MS }, async (region, other) => {
      await Promise.all([region.start(), other.invalidator.start()]);
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      await region.invalidator.close();
      await region.cache.forgetLog((await region.cache.takeUp()).generation);
      await region.clock.advance(DELAY_MS);
      expect(other.cache.calls).toContain('apply');
      expect(region.appliedOffsets()).toEqual(new Map());
    }));

  test('nor does a heartbeat of the old log take a place in the new one', () =>
    withOther({}, async (region, other) => {
      await other.invalidator.start();
      other.cache.before = async (command) => {
        if (command !== 'pass') return;
        other.cache.before = () => {};
        await region.cache.forgetLog((await region.cache.takeUp()).generation);
      };
      const value = heartbeatValue({ time: region.clock.now(), partitions: 1 });
      await region.log.append([{ key: 'heartbeat', value, headers: {}, partition: 0 }]);
      await region.clock.settle();
      expect(other.cache.calls).toContain('pass');
      expect(region.appliedOffsets()).toEqual(new Map());
    }));

  test('both have the evidence of a heartbeat, whoever applied it', () =>
    withOther({ partitions: 2 }, async (region, other) => {
      await Promise.all([region.start(), other.invalidator.start()]);
      const time = region.clock.now();
      const value = heartbeatValue({ time, partitions: 2 });
      await region.log.append([0, 1].map((partition) => ({ key: 'heartbeat', value, headers: {}, partition })));
      await region.clock.advance(2_500);
      for (const { evidence } of [region.invalidator.status(), other.invalidator.status()]) expect(evidence?.upTo).toBe(time);
    }));
});
