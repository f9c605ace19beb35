/** A cache that other edges answer from: it is told what was answered without it. */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { MemoryCache } from './cache/memory.ts';
import { Reader } from './reader.ts';
import { FaultyCache } from './testing/kit.ts';
import { contentAnswer, LIFETIMES, type ReaderRig, ScriptedOrigin, withReader } from './testing/reader.ts';

/** Content 1 at version 1 is cached; while this edge does not reach the cache, it answers version 2. */
async function withAnswered(use: (rig: ReaderRig, other: () => Promise<string>) => Promise<void>): Promise<void> {
  await withReader(
    async (rig) => {
      await rig.readThrough(1, 1);
      rig.origin.answer = async (id) => contentAnswer(id, 2);
      rig.cache.away = true;
      expect(await rig.readVersion(1)).toBe(2);
      const other = createOther(rig);
      await use(rig, async () => `v${(await other.read(1)).entry.version}`);
    },
    { isShared: true },
  );
}

/** Another edge on the same cache, whose origin has the same. */
function createOther({ server, clock, meter }: ReaderRig): Reader {
  const origin = new ScriptedOrigin();
  origin.answer = async (id) => contentAnswer(id, 2);
  const cache = new FaultyCache(new MemoryCache(server));
  return new Reader({ cache, origin, clock, meter, lifetimes: LIFETIMES, upToDate: () => 1, isShared: true });
}

describe('what was answered without the cache', () => {
  test('is the least that other edges answer, once this one reaches the cache again', () =>
    withAnswered(async (rig, other) => {
      expect(await other(), 'until then it binds this edge alone').toBe('v1');
      rig.cache.away = false;
      await rig.readVersion(2);
      expect(await other()).toBe('v2');
    }));

  test('is told before the first lookup, and once', () =>
    withAnswered(async (rig) => {
      rig.cache.away = false;
      rig.cache.calls.length = 0;
      for (const id of [1, 1, 2]) await rig.readVersion(id);
      expect(rig.cache.calls.filter((call) => call !== 'fill').slice(0, 2)).toEqual(['raiseMinimums', 'lookup']);
      expect(rig.cache.calls.filter((call) => call === 'raiseMinimums')).toEqual(['raiseMinimums']);
    }));

  test('keeps no reader waiting while the cache takes it, and binds this edge meanwhile', () =>
    withAnswered(async (rig) => {
      const gate = Promise.withResolvers<void>();
      rig.cache.before = (command) => (command === 'raiseMinimums' ? gate.promise : undefined);
      rig.cache.away = false;
      expect(await rig.readVersion(1)).toBe(2);
      gate.resolve();
    }));

  test('is told again when the cache could not take it', () =>
    withAnswered(async (rig, other) => {
      rig.cache.before = (command) => {
        rig.cache.away = command === 'raiseMinimums';
      };
      await rig.readVersion(1);
      rig.cache.before = () => {};
      rig.cache.away = false;
      await rig.readVersion(2);
      expect(await other()).toBe('v2');
      expect(rig.server.store.lookup(contentKey(1), rig.clock.now()).state).not.toBe('invalid');
    }));

  test('is not told by an edge that is the only one', () =>
    withReader(async (rig) => {
      rig.origin.answer = async (id) => contentAnswer(id, 2);
      rig.cache.away = true;
      await rig.readVersion(1);
      rig.cache.away = false;
      await rig.readVersion(1);
      expect(rig.cache.calls).not.toContain('raiseMinimums');
    }));
});
