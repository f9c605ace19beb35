/** What an edge has read and cannot apply: from about a second on nothing is called fresh, until it is applied. */
import { describe, expect, test } from 'vitest';
import { type InvalidationLog, type LogSubscriber, LogUnavailable, type PartitionBounds } from '../log/log.ts';
import { sleep } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { MemoryCache } from './cache/memory.ts';
import { Invalidator } from './invalidator.ts';
import { Reader } from './reader.ts';
import { contentOf, DELAY_MS, expectAllApplied, type Region, withRegion, writeOf } from './testing/kit.ts';
import { contentAnswer, LIFETIMES, ScriptedOrigin } from './testing/reader.ts';

/** Nothing is called fresh any more once an event has been due for that long. */
const OVERDUE_MS = 1_000;
const MINUTE_MS = 60_000;
const REPAIRED_MS = 5_000;

/** A cache that goes on answering lookups: all else, it says, it cannot do. */
function refuseApplies(region: Region): void {
  region.cache.failing = (batch) => batch.map((_, at) => at);
}

function acceptApplies(region: Region): void {
  region.cache.failing = () => [];
}

/** What a reader of content 1 is told, by an edge whose origin has version 2. */
async function answerOf1(region: Region): Promise<string> {
  const { cache, clock, meter, invalidator } = region;
  const origin = new ScriptedOrigin();
  origin.answer = async (id) => contentAnswer(id, 2);
  const reader = new Reader({ cache, origin, clock, meter, lifetimes: LIFETIMES, upToDate: () => invalidator.upToDate() });
  const { source, status, entry } = await reader.read(1);
  return `${status} v${entry.version} from ${source}`;
}

/** Assigns what it is told, and hands over what it is told. */
class ToldLog implements InvalidationLog {
  subscriber: LogSubscriber | undefined;
  bounds_: readonly PartitionBounds[] = [];

  async append(): Promise<void> {}
  async subscribe(subscriber: LogSubscriber) {
    this.subscriber = subscriber;
    await subscriber.onAssigned(this.bounds_);
    return { seek() {}, pause() {}, resume() {}, commit: async () => {}, isSameLog: async () => true, close: async () => {} };
  }
  async bounds() {
    return this.bounds_;
  }
  connected() {
    return true;
  }
  async close(): Promise<void> {}
}

describe('a cache that answers reads and refuses applies', () => {
  test('has its entries called stale a second after the event was due, without making a reader wait, and fresh once it is applied', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      await region.log.append([writeOf(1, 2)]);
      refuseApplies(region);
      await region.clock.advance(DELAY_MS + OVERDUE_MS);
      expect(await answerOf1(region)).toBe('fresh v1 from cache');
      for (let waited = 0; waited < MINUTE_MS; waited += 1_003) {
        await region.clock.advance(1_003);
        expect(region.invalidator.status(), `after ${waited} ms`).toMatchObject({ catchingUp: true });
      }
      expect(region.invalidator.status().overdueMs).toBeGreaterThan(MINUTE_MS - OVERDUE_MS);
      expect(await answerOf1(region)).toBe('stale v1 from cache');
      acceptApplies(region);
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
      expect(region.invalidator.status().overdueMs).toBe(0);
    }));

  test('which takes them again within a second is called nothing else meanwhile', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      refuseApplies(region);
      for (let waited = 0; waited < DELAY_MS + OVERDUE_MS / 2; waited += 10) {
        await region.clock.advance(10);
        expect(region.invalidator.catchingUp()).toBe(false);
      }
      acceptApplies(region);
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
    }));

  test('is found out though the log stamps its records with a clock that is ahead: reading them again makes them no younger', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      region.clock.jumpWall(-MINUTE_MS);
      refuseApplies(region);
      await region.clock.advance(2 * DELAY_MS + 2 * OVERDUE_MS);
      expect(region.invalidator.catchingUp()).toBe(true);
    }));

  test('has them applied as soon as it takes them again, though that clock would have them wait for their delay anew', () =>
    withRegion({ delayMs: 10_000 }, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2), writeOf(2, 2)]);
      region.clock.jumpWall(-MINUTE_MS);
      refuseApplies(region);
      await region.clock.advance(10_100);
      acceptApplies(region);
      await region.clock.advance(OVERDUE_MS);
      await expectAllApplied(region);
    }));

  test('in one partition is enough, whatever the others do', () =>
    withRegion({ partitions: 3 }, async (region) => {
      await region.start();
      const ids = [1, 2, 3, 4, 5, 6];
      await region.log.append(ids.map((id) => writeOf(id, 2)));
      region.cache.failing = (batch) => (batch[0]?.position.partition === 0 ? batch.map((_, at) => at) : []);
      for (let version = 3; version < 20; version += 1) {
        await region.clock.advance(OVERDUE_MS / 5);
        await region.log.append(ids.map((id) => writeOf(id, version)));
      }
      expect(region.invalidator.catchingUp()).toBe(true);
    }));

  test('once makes nothing stale that has yet to wait for its delay', () =>
    withRegion({ delayMs: 10_000 }, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(9_900);
      await region.log.append([writeOf(2, 2)]);
      refuseApplies(region);
      await region.clock.advance(200);
      acceptApplies(region);
      for (let waited = 0; waited < 9_500; waited += 100) {
        await region.clock.advance(100);
        expect(region.invalidator.catchingUp(), `after ${waited} ms`).toBe(false);
      }
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
    }));
});

describe('queues that were dropped, and a take-up that does not end', () => {
  test('are no state to call anything fresh in: what the log hands over meanwhile is lost', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.store(contentOf(1, 1));
      region.log.beforeBounds = () => Promise.reject(new LogUnavailable('not authorised'));
      region.server.restart();
      await region.store(contentOf(1, 1));
      await region.clock.settle();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(OVERDUE_MS - 1);
      expect(await answerOf1(region)).toBe('fresh v1 from cache');
      await region.clock.advance(MINUTE_MS);
      expect(await answerOf1(region)).toBe('stale v1 from cache');
      expect(region.invalidator.status().overdueMs).toBeGreaterThan(MINUTE_MS - OVERDUE_MS);
      region.log.beforeBounds = () => {};
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
    }));

  test('are the same where the log neither answers nor refuses', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      region.log.beforeBounds = () => sleep(region.clock, 2 * MINUTE_MS);
      refuseApplies(region);
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(100);
      acceptApplies(region);
      await region.clock.advance(MINUTE_MS);
      expect(region.invalidator.catchingUp()).toBe(true);
      await region.clock.advance(2 * MINUTE_MS);
      await expectAllApplied(region);
    }));

  test('leave what was read before overdue until it has been read again and applied', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      const log = new ToldLog();
      log.bounds_ = [{ partition: 0, start: 0, end: 1 }];
      region.log.inner = log;
      await region.start();
      expect(region.invalidator.catchingUp()).toBe(true);
      const records = [2, 3].map((version, offset) => ({ partition: 0, offset, time: region.clock.now(), ...writeOf(1, version) }));
      log.subscriber?.onRecords(0, records.slice(0, 1));
      await region.clock.settle();
      expect(region.invalidator.catchingUp()).toBe(false);
      refuseApplies(region);
      log.bounds_ = [{ partition: 0, start: 0, end: 2 }];
      log.subscriber?.onRecords(0, records.slice(1));
      await region.clock.advance(100);
      acceptApplies(region);
      // The take-up is over, and the log has not handed over anything since.
      await region.clock.advance(OVERDUE_MS);
      expect(region.invalidator.status()).toMatchObject({ queued: 0, catchingUp: true });
      log.subscriber?.onRecords(0, records);
      await region.clock.settle();
      expect(region.invalidator.status()).toMatchObject({ queued: 0, catchingUp: false, overdueMs: 0 });
    }));

  test("hold up nothing once the partition is another edge's", () =>
    withRegion({ delayMs: 0 }, async (region) => {
      const log = new ToldLog();
      const first = { partition: 0, start: 0, end: 0 };
      log.bounds_ = [first, { partition: 1, start: 0, end: 0 }];
      region.log.inner = log;
      await region.start();
      refuseApplies(region);
      log.bounds_ = [first, { partition: 1, start: 0, end: 1 }];
      log.subscriber?.onRecords(1, [{ partition: 1, offset: 0, time: region.clock.now(), ...writeOf(1, 2) }]);
      await region.clock.advance(2 * OVERDUE_MS);
      expect(region.invalidator.catchingUp()).toBe(true);
      acceptApplies(region);
      await log.subscriber?.onAssigned([first]);
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  test('hold up nothing that another edge on the same cache has applied', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      const { clock, log, settings, meter } = region;
      const cache = new MemoryCache(region.server);
      const other = new Invalidator({ region: 'test', group: 'test', log: log.inner, cache, settings, clock, meter, logger: silentLogger });
      await region.start();
      refuseApplies(region);
      await log.append([writeOf(1, 2)]);
      await clock.advance(2 * OVERDUE_MS);
      expect(region.invalidator.catchingUp()).toBe(true);
      await other.start();
      await clock.advance(2 * OVERDUE_MS);
      expect(region.invalidator.status()).toMatchObject({ catchingUp: false, overdueMs: 0 });
      await other.close();
    }));

  test('hold up nothing that the log does not hold any more', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      const log = new ToldLog();
      log.bounds_ = [{ partition: 0, start: 0, end: 2 }];
      region.log.inner = log;
      await region.start();
      const records = [2, 3].map((version, offset) => ({ partition: 0, offset, time: region.clock.now(), ...writeOf(1, version) }));
      refuseApplies(region);
      log.subscriber?.onRecords(0, records);
      log.bounds_ = [{ partition: 0, start: 0, end: 1 }];
      await region.clock.advance(2 * OVERDUE_MS);
      acceptApplies(region);
      log.subscriber?.onRecords(0, records.slice(0, 1));
      await region.clock.advance(2 * OVERDUE_MS);
      expect(region.invalidator.status().overdueMs).toBe(0);
    }));
});
