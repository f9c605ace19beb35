/** What a purger does where the log is not the one it was, or has dropped what it was to read. */
import { describe, expect, it } from 'vitest';
import { writeOf } from '../edge/testing/kit.ts';
import { type LogMessage, LogUnavailable } from '../log/log.ts';
import { sleep } from '../runtime/clock.ts';
import { appendTo, EVERYTHING, heldAnswer, withPurged, withPurger } from './testing/kit.ts';

const LONG_MS = 60_000;

/** A write of another content each time. */
function writesFrom(first: number): () => LogMessage {
  let id = first - 1;
  return () => {
    id += 1;
    return writeOf(id, 2);
  };
}

describe('everything is purged before anything else', () => {
  it('where the log is another one', () =>
    withPurged(async (world) => {
      const other = world.createLog();
      await appendTo(world, other, 7, 8, 9);
      await world.log.rejoin(other);
      await world.clock.settle();
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /7', 'PURGE /8', 'PURGE /9']);
      expect(world.purger.status()).toMatchObject({ catchingUp: false, applied: new Map([[0, 2]]) });
    }));

  it('where the log is a shorter one', () =>
    withPurged(async (world) => {
      const other = world.createLog();
      await appendTo(world, other, 7);
      await world.log.rejoin(other);
      await world.clock.settle();
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /7']);
    }));

  it('where the log was made anew with as many records', () =>
    withPurged(async (world, log) => {
      log.recreate(writesFrom(11));
      await world.clock.settle();
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /11', 'PURGE /12']);
    }));

  it('where it was made anew while it was down', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      log.recreate(writesFrom(11));
      await world.restart();
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /11', 'PURGE /12']);
    }));

  it('where it was made anew, once for all of its partitions', () =>
    withPurger({ partitions: 3 }, async (world) => {
      const log = world.createLog();
      world.log.inner = log;
      await world.start();
      const ids = Array.from({ length: 30 }, (_, at) => at + 1);
      await appendTo(world, log, ...ids);
      world.asked.length = 0;
      log.recreate(() => writeOf(99, 2));
      await world.clock.advance(LONG_MS);
      expect(world.texts()).toEqual([EVERYTHING, ...ids.map(() => 'PURGE /99')]);
    }));

  it('where it was made anew twice, the second time while everything is purged, once more', () =>
    withPurged(async (world, log) => {
      const held = heldAnswer();
      world.answer = () => held.answer;
      log.recreate(() => writeOf(11, 2));
      await world.clock.settle();
      expect(world.texts()).toEqual([EVERYTHING]);
      world.answer = () => 200;
      log.recreate(() => writeOf(12, 2));
      await world.clock.settle();
      held.give(200);
      await world.clock.advance(LONG_MS);
      expect(world.texts().filter((text) => text.startsWith('PURGE'))).toEqual(['PURGE /12', 'PURGE /12']);
      expect(world.purger.status()).toMatchObject({ queued: 0, catchingUp: false, overdueMs: 0 });
    }));

  it('once more where the log says so while everything is purged', () =>
    withPurged(async (world) => {
      const held = heldAnswer();
      world.answer = () => held.answer;
      const other = world.createLog();
      await appendTo(world, other, 7);
      const rejoining = world.log.rejoin(other);
      await world.clock.settle();
      world.log.subscriber?.onOtherLog?.();
      held.give(200);
      await rejoining;
      await world.log.rejoin(other);
      await world.clock.settle();
      expect(world.texts().filter((text) => text === EVERYTHING)).toHaveLength(2);
      expect(world.texts().at(-1)).toBe('PURGE /7');
    }));

  it('where it was made anew and its bounds cannot be had for a while', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      log.recreate(() => writeOf(11, 2));
      let failures = 3;
      world.log.beforeBounds = () => {
        failures -= 1;
        if (failures >= 0) throw new LogUnavailable('no bounds');
      };
      await world.restart();
      await world.clock.advance(LONG_MS);
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /11', 'PURGE /11']);
    }));

  it('where it was found to be another one before the subscription was there', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      log.recreate(() => writeOf(11, 2));
      world.log.afterSubscribe = () => sleep(world.clock, 1_000);
      await world.restart();
      await world.clock.advance(LONG_MS);
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /11', 'PURGE /11']);
      expect(world.purger.status()).toMatchObject({ queued: 0, catchingUp: false });
    }));

  it('where the log has dropped what was to be read next', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      await appendTo(world, log, 3, 4, 5);
      log.dropBelow(0, 4);
      await world.restart();
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /5']);
    }));

  it('where the log has dropped records before the first start, once: the next start knows', () =>
    withPurger({}, async (world) => {
      const log = world.createLog();
      world.log.inner = log;
      await appendTo(world, log, 1, 2, 3);
      log.dropBelow(0, 3);
      await world.start();
      expect(world.texts()).toEqual([EVERYTHING]);
      await world.restart();
      expect(world.asked).toHaveLength(1);
      await appendTo(world, log, 4);
      expect(world.texts()).toEqual([EVERYTHING, 'PURGE /4']);
    }));

  it('and is sent until it was taken; meanwhile it is overdue', () =>
    withPurged(async (world) => {
      world.answer = () => 503;
      const other = world.createLog();
      await appendTo(world, other, 7);
      const rejoining = world.log.rejoin(other);
      await world.clock.advance(LONG_MS);
      expect(new Set(world.texts())).toEqual(new Set([EVERYTHING]));
      expect(world.purger.status()).toMatchObject({ catchingUp: true, overdueMs: LONG_MS });
      world.answer = () => 200;
      await world.clock.advance(LONG_MS);
      await rejoining;
      expect(world.texts().slice(-2)).toEqual([EVERYTHING, 'PURGE /7']);
      expect(world.purger.status()).toMatchObject({ catchingUp: false, overdueMs: 0 });
    }));

  it('and where it ends before that was taken, the next start purges everything', () =>
    withPurger({ partitions: 2 }, async (world) => {
      const log = world.createLog();
      world.log.inner = log;
      await appendTo(world, log, 1, 2, 3, 4, 5, 6);
      const ends = await log.bounds();
      for (const { partition, end } of ends) log.dropBelow(partition, end);
      const held = heldAnswer();
      world.answer = () => held.answer;
      await world.start();
      await world.purger.close();
      held.give(503);
      await world.clock.advance(LONG_MS);
      expect((await world.store.read()).positions.size).toBe(0);
      world.answer = () => 200;
      world.asked.length = 0;
      await world.restart();
      expect(world.texts()).toEqual([EVERYTHING]);
    }));
});
