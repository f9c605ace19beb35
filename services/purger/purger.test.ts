/** Where a purger reads the log from: over restarts and rejoins. */
import { describe, expect, it } from 'vitest';
import { writeOf } from '../edge/testing/kit.ts';
import { LogUnavailable } from '../log/log.ts';
import { contentKey } from '../protocol/content.ts';
import { MemoryStore } from './store.ts';
import { appendTo, heldAnswer, withPurged, withPurger } from './testing/kit.ts';

const LONG_MS = 60_000;
const ONLY_KEYS = { hard: { key: 'PURGE /<id>' } };

describe('started again', () => {
  it('it goes on behind what was taken', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      await appendTo(world, log, 3);
      await world.restart();
      expect(world.texts()).toEqual(['PURGE /3']);
      expect(world.purger.status()).toMatchObject({ catchingUp: false, joins: 1, queued: 0, applied: new Map([[0, 2]]) });
    }));

  it('it purges once more what was under way', () =>
    withPurged(async (world, log) => {
      const held = heldAnswer();
      world.answer = () => held.answer;
      await appendTo(world, log, 3);
      world.answer = () => 200;
      await world.restart();
      held.give(200);
      await world.clock.settle();
      expect(world.texts()).toEqual(['PURGE /3', 'PURGE /3']);
    }));

  it('it catches up until what was in the log then is taken', () =>
    withPurged(async (world, log) => {
      await world.purger.close();
      await appendTo(world, log, 3);
      world.answer = () => 503;
      await world.restart();
      expect(world.purger.status()).toMatchObject({ catchingUp: true, queued: 1 });
      world.answer = () => 200;
      await world.clock.advance(LONG_MS);
      expect(world.purger.status()).toMatchObject({ catchingUp: false, queued: 0 });
    }));

  it('it joins as soon as the log is there', () =>
    withPurger({}, async (world) => {
      let isAway = true;
      const subscribe = world.log.subscribe.bind(world.log);
      world.log.subscribe = async (subscriber) => {
        if (isAway) throw new LogUnavailable('away');
        return subscribe(subscriber);
      };
      await world.log.append([writeOf(1, 2)]);
      await world.start();
      await world.clock.advance(LONG_MS);
      expect(world.purger.status()).toMatchObject({ joins: 0, catchingUp: true });
      isAway = false;
      await world.clock.advance(1_000);
      expect(world.texts()).toEqual(['PURGE /1']);
    }));
});

describe('in the middle of deliveries', () => {
  it('a rejoin purges again what is open, and nothing is lost', () =>
    withPurged(async (world, log) => {
      const held = heldAnswer();
      world.answer = (text) => (text === 'PURGE /4' ? held.answer : 200);
      await appendTo(world, log, 3, 4, 5);
      world.answer = () => 200;
      await world.log.rejoin(log);
      await world.clock.settle();
      held.give(503);
      await world.clock.settle();
      expect(world.texts()).toEqual(['PURGE /3', 'PURGE /4', 'PURGE /5', 'PURGE /4', 'PURGE /5']);
      expect(world.purger.status()).toMatchObject({ joins: 2, queued: 0, applied: new Map([[0, 4]]) });
    }));

  it('an end sends nothing more, not even by timers', () =>
    withPurged(async (world, log) => {
      world.answer = () => 503;
      await appendTo(world, log, 3);
      await world.purger.close();
      const sent = world.asked.length;
      world.settings.change({ propagationDelayMs: 5 });
      await world.clock.advance(LONG_MS);
      expect(world.asked).toHaveLength(sent);
      expect(world.clock.timers).toBe(0);
    }));
});

describe('the ids of contents', () => {
  it('that the log has named are each purged where the cache knows keys only, also after a restart', () =>
    withPurger({ purges: ONLY_KEYS }, async (world) => {
      await world.start();
      await world.log.append([writeOf(1, 2), writeOf(2, 2), writeOf(1, 3)]);
      await world.clock.settle();
      await world.restart();
      world.asked.length = 0;
      await world.log.append([{ key: contentKey(9), value: 'no event', headers: {} }]);
      await world.clock.settle();
      expect(new Set(world.texts())).toEqual(new Set(['PURGE /1', 'PURGE /2', 'PURGE /9']));
      expect(world.purger.counts.widened).toBe(0);
    }));

  it('are stored before it is stored that their purges were taken', async () => {
    const store = new FullStore();
    await withPurger({ purges: ONLY_KEYS, store }, async (world) => {
      await world.start();
      store.isFull = true;
      await world.log.append([writeOf(1, 2)]);
      await world.clock.settle();
      expect(world.purger.isStored).toBe(false);
      store.isFull = false;
      await world.log.append([writeOf(2, 2)]);
      await world.clock.settle();
      expect(world.purger.isStored).toBe(true);
      const { ids, positions } = await store.read();
      expect([[...ids], positions.get(0)?.offset]).toEqual([['1', '2'], 1]);
    });
  });
});

/** A store whose file of ids can be on a full disk. */
class FullStore extends MemoryStore {
  isFull = false;

  override async addIds(ids: readonly string[]): Promise<void> {
    if (this.isFull) throw new Error('ENOSPC: no space left on device');
    await super.addIds(ids);
  }
}
