/** How an invalidation is brought to the cache, by each mode of delivery. */
import { describe, expect, it } from 'vitest';
import { writeOf } from '../edge/testing/kit.ts';
import type { Purge } from './requests.ts';
import { EVERYTHING, storedOffset, withPurger } from './testing/kit.ts';

const LONG_MS = 60_000;

describe('delivered by', () => {
  it('`repeat`, a purge is sent again, with more and more time between, until the cache has taken it', () =>
    withPurger({}, async (world) => {
      const statuses = [503, 500, 404, 302];
      let thrown = 2;
      world.answer = () => {
        thrown -= 1;
        if (thrown >= 0) throw new Error('no answer');
        return statuses.shift() ?? 204;
      };
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(LONG_MS);
      expect(world.asked.map(({ atMs }) => atMs)).toEqual([0, 50, 150, 350, 750, 1_550, 2_550]);
      expect(world.purger.counts).toEqual({ sent: 7, taken: 1, refused: 4, unanswered: 2, widened: 0 });
      expect(await storedOffset(world)).toBe(0);
    }));

  it('`once`, a purge is sent once, whatever comes of it', () =>
    withPurger({ deliver: { how: 'once' } }, async (world) => {
      world.answer = () => 503;
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(LONG_MS);
      expect(world.texts()).toEqual(['PURGE /1']);
      expect(await storedOffset(world)).toBe(0);
      expect(world.meter.snapshot().metrics.totalInvalidations).toBe(0);
    }));

  it('telling, whoever purges the cache is told until it has purged, and nothing is asked of the cache', async () => {
    const told: Purge[] = [];
    const answers = [false, 'no answer', true];
    const tell = async (purge: Purge) => {
      told.push(purge);
      const isTaken = answers.shift() ?? true;
      if (typeof isTaken === 'string') throw new Error(isTaken);
      return { isTaken, text: 'said so' };
    };
    await withPurger({ tell, purges: { hard: {} } }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(LONG_MS);
      const purge = { type: 'key', target: 'content:1', mode: 'hard' };
      expect(told).toEqual([expect.objectContaining(purge), expect.objectContaining(purge), expect.objectContaining(purge)]);
      expect(world.asked).toEqual([]);
      expect(world.purger.counts).toEqual({ sent: 3, taken: 1, refused: 1, unanswered: 1, widened: 0 });
      expect(await storedOffset(world)).toBe(0);
      await world.log.rejoin(world.createLog());
      await world.clock.advance(LONG_MS);
      expect(told.at(-1)).toEqual({ type: 'all', target: '*', mode: 'hard' });
    });
  });

  it('`none`, nothing is sent, be the log another one', () =>
    withPurger({ deliver: { how: 'none' } }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(2, 2)]);
      await world.clock.advance(LONG_MS);
      await world.log.rejoin(world.createLog());
      await world.clock.advance(LONG_MS);
      expect(world.asked).toEqual([]);
      expect(world.purger.status()).toMatchObject({ queued: 0, joins: 2 });
    }));

  it('`again`, a purge is sent once more after its time, counted from when it was taken, and is done only then', () =>
    withPurger({ deliver: { how: 'again', afterMs: [700, 2_000] } }, async (world) => {
      let refusals = 1;
      world.answer = () => {
        refusals -= 1;
        return refusals >= 0 ? 503 : 200;
      };
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(2_749);
      expect(world.asked.map(({ atMs }) => atMs)).toEqual([0, 50, 750]);
      expect(await storedOffset(world)).toBeUndefined();
      expect(world.meter.snapshot().metrics.totalInvalidations).toBe(1);
      await world.clock.advance(1);
      expect(world.asked.at(-1)?.atMs).toBe(2_750);
      expect(await storedOffset(world)).toBe(0);
    }));

  it('`again`, what comes next of the same target waits until the one before was taken, and not until it was repeated', () =>
    withPurger({ deliver: { how: 'again', afterMs: [700] } }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(100);
      await world.log.append([writeOf(1, 3)]);
      await world.clock.advance(1);
      expect(world.asked.map(({ atMs }) => atMs)).toEqual([0, 100]);
      expect(await storedOffset(world)).toBeUndefined();
      await world.clock.advance(699);
      expect(world.asked.map(({ atMs }) => atMs)).toEqual([0, 100, 700, 800]);
      expect(await storedOffset(world)).toBe(1);
    }));

  it('`again`, also everything is purged once more, before what comes after it', () =>
    withPurger({ deliver: { how: 'again', afterMs: [700] } }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2)]);
      await world.clock.advance(LONG_MS);
      world.asked.length = 0;
      const other = world.createLog();
      await other.append([]);
      const rejoining = world.log.rejoin(other);
      await world.clock.advance(LONG_MS);
      await rejoining;
      expect(world.asked).toMatchObject([
        { atMs: LONG_MS, text: EVERYTHING },
        { atMs: LONG_MS + 700, text: EVERYTHING },
      ]);
    }));
});
