/** When each invalidation is purged, in which order, and how often. */
import { describe, expect, it } from 'vitest';
import { eventOf, writeOf } from '../edge/testing/kit.ts';
import { EVERYTHING, heldAnswer, storedOffset, withPurger } from './testing/kit.ts';

const DELAY_MS = 300;
const LONG_MS = 60_000;
const QUEUE_MAX = 10_000;

describe('an invalidation', () => {
  it('is purged at the time of its record and the delay, also when it was read later', () =>
    withPurger({ delayMs: DELAY_MS }, async (world) => {
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(100);
      await world.start();
      await world.clock.advance(DELAY_MS - 101);
      expect(world.asked).toEqual([]);
      await world.clock.advance(1);
      expect(world.asked).toMatchObject([{ atMs: DELAY_MS, text: 'PURGE /1' }]);
    }));

  it('is purged at its arrival and the delay where the clock of the log is ahead', () =>
    withPurger({ delayMs: DELAY_MS }, async (world) => {
      world.clock.jumpWall(LONG_MS);
      await world.log.append([writeOf(1, 2)]);
      world.clock.jumpWall(-LONG_MS);
      await world.start();
      await world.clock.advance(DELAY_MS);
      expect(world.asked).toMatchObject([{ atMs: DELAY_MS, text: 'PURGE /1' }]);
    }));

  it('that is queued takes a changed delay, shorter or longer', () =>
    withPurger({ delayMs: DELAY_MS }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(100);
      world.settings.change({ propagationDelayMs: 1_000 });
      await world.clock.advance(899);
      expect(world.asked).toEqual([]);
      await world.log.append([writeOf(2, 2)]);
      await world.clock.advance(1);
      expect(world.texts()).toEqual(['PURGE /1']);
      world.settings.change({ propagationDelayMs: 0 });
      await world.clock.settle();
      expect(world.asked[1]).toMatchObject({ atMs: 1_000, text: 'PURGE /2' });
    }));

  it('without a mode is purged as the strategy in force says, one with a mode as it says itself', () =>
    withPurger({ strategy: 'lazy' }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(2, 2, { mode: 'hard' })]);
      await world.clock.settle();
      world.settings.change({ strategy: 'eager' });
      await world.log.append([writeOf(3, 2)]);
      await world.clock.settle();
      expect(world.texts()).toEqual(['SOFT /1', 'PURGE /2', 'PURGE /3']);
    }));

  it('that cannot be read counts as all', () =>
    withPurger({}, async (world) => {
      await world.start();
      await world.log.append([{ key: 'content:1', value: 'no event', headers: {} }]);
      await world.clock.settle();
      expect(world.texts()).toEqual([EVERYTHING]);
      expect(world.meter.unreadable).toBe(1);
      expect(await storedOffset(world)).toBe(0);
    }));
});

describe('purges', () => {
  it('of other targets do not wait for one that hangs; how far it has come stands before that one', () =>
    withPurger({}, async (world) => {
      const held = heldAnswer();
      world.answer = (text) => (text === 'PURGE /2' ? held.answer : 200);
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(2, 2), writeOf(3, 2), writeOf(4, 2)]);
      await world.clock.settle();
      expect(world.texts()).toEqual(['PURGE /1', 'PURGE /2', 'PURGE /3', 'PURGE /4']);
      expect(await storedOffset(world)).toBe(0);
      held.give(200);
      await world.clock.settle();
      expect(await storedOffset(world)).toBe(3);
    }));

  it('of one target are sent one after another, in the order of the log', () =>
    withPurger({}, async (world) => {
      const held = heldAnswer();
      world.answer = (text) => (text === 'PURGE /1' ? held.answer : 200);
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(1, 3, { mode: 'soft' }), writeOf(1, 4, { mode: 'soft' })]);
      await world.clock.settle();
      expect(world.texts()).toEqual(['PURGE /1']);
      held.give(200);
      await world.clock.settle();
      expect(world.texts()).toEqual(['PURGE /1', 'SOFT /1', 'SOFT /1']);
    }));

  it('are at most a hundred at once, so that a cache is not flooded by what a stop has left', () =>
    withPurger({}, async (world) => {
      const held = heldAnswer();
      world.answer = () => held.answer;
      await world.log.append(Array.from({ length: 1_000 }, (_, at) => writeOf(at + 1, 2)));
      await world.start();
      await world.clock.settle();
      expect(world.asked).toHaveLength(100);
      held.give(200);
      await world.clock.settle();
      expect(world.asked).toHaveLength(1_000);
      expect(await storedOffset(world)).toBe(999);
    }));

  it('that wait for their turn are not sent after the end', () =>
    withPurger({}, async (world) => {
      const held = heldAnswer();
      world.answer = () => held.answer;
      await world.log.append(Array.from({ length: 300 }, (_, at) => writeOf(at + 1, 2)));
      await world.start();
      const before = world.asked.length;
      await world.purger.close();
      held.give(200);
      await world.clock.advance(LONG_MS);
      expect(world.asked).toHaveLength(before);
    }));
});

describe('overdue', () => {
  it('is what the cache has not taken, for as long as it has been due', () =>
    withPurger({ delayMs: DELAY_MS }, async (world) => {
      world.answer = () => 503;
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(DELAY_MS);
      expect(world.purger.status().overdueMs).toBe(0);
      await world.clock.advance(1_234);
      expect(world.purger.status().overdueMs).toBe(1_234);
    }));

  it('is nothing that was taken and waits for its time to be purged again', () =>
    withPurger({ deliver: { how: 'again', afterMs: [5_000] } }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(4_000);
      expect(world.purger.status()).toMatchObject({ overdueMs: 0, queued: 1 });
      world.answer = () => 503;
      await world.clock.advance(3_000);
      expect(world.purger.status()).toMatchObject({ overdueMs: 2_000, queued: 1 });
    }));

  it('is also one behind others that were taken and wait to be purged again', () =>
    withPurger({ deliver: { how: 'again', afterMs: [5_000] } }, async (world) => {
      world.answer = (text) => (text === 'PURGE /2' ? 503 : 200);
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(2, 2)]);
      await world.clock.advance(2_000);
      expect(world.purger.status().overdueMs).toBe(2_000);
    }));
});

describe('a queue that is full', () => {
  it('pauses its partition and goes on at the half of it', () =>
    withPurger({}, async (world) => {
      const held = heldAnswer();
      world.answer = (text) => (text === 'PURGE /1' ? held.answer : 200);
      await world.start();
      await world.log.append(Array.from({ length: QUEUE_MAX + 1_000 }, (_, at) => writeOf(at + 1, 2)));
      await world.clock.settle();
      expect(world.log.pauses).toEqual(['pause 0']);
      held.give(200);
      await world.clock.advance(1_000);
      expect(world.log.pauses).toEqual(['pause 0', 'resume 0']);
      expect(await storedOffset(world)).toBe(QUEUE_MAX + 999);
    }));

  it('when the group rejoins does not stay paused', () =>
    withPurger({}, async (world) => {
      let isAway = true;
      world.answer = (text) => (isAway && text === 'PURGE /1' ? 503 : 200);
      const log = world.createLog();
      world.log.inner = log;
      await world.start();
      await log.append(Array.from({ length: QUEUE_MAX + 1_000 }, (_, at) => writeOf(at + 1, 2)));
      await world.clock.settle();
      expect(world.log.pauses).toEqual(['pause 0']);
      log.recreate(() => writeOf(1, 3));
      isAway = false;
      await world.clock.advance(LONG_MS);
      expect(world.purger.status()).toMatchObject({ queued: 0, catchingUp: false });
      expect(await storedOffset(world)).toBe(QUEUE_MAX + 999);
    }));
});

it('tags, patterns and all are purged by their own words', () =>
  withPurger({}, async (world) => {
    await world.start();
    await world.log.append([
      eventOf({ type: 'tag', target: 'news' }),
      eventOf({ type: 'pattern', target: 'content:1?*' }),
      eventOf({ type: 'all', target: '*', mode: 'soft' }),
    ]);
    await world.clock.settle();
    expect(world.texts()).toEqual(['TAG /news', 'BAN / 1..*', 'SOFTALL /']);
  }));
