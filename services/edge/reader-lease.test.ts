/** What a reader is told under a lease: who is called fresh, and that nobody waits for it. */
import { describe, expect, test } from 'vitest';
import { contentAnswer, type ReaderRig, withReader } from './testing/reader.ts';

const TERMS = { leaseMs: 5_000, skewMs: 500 };
const RUN_OUT_MS = TERMS.leaseMs + 1;

function withLease(use: (rig: ReaderRig) => Promise<void>): Promise<void> {
  return withReader(use, { terms: TERMS });
}

async function told(rig: ReaderRig, id = 1): Promise<string> {
  const { status, source, entry, term } = await rig.reader.read(id);
  return `${status} ${entry.content === null ? '404 ' : ''}v${entry.version} from ${source}${term?.isOut ? ', out' : ''}`;
}

describe('under a lease', () => {
  test('an entry is fresh for as long after it was asked for, then stale at once, and revalidated behind that', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      expect(await told(rig)).toBe('fresh v1 from cache');
      await rig.clock.advance(RUN_OUT_MS);
      expect(await told(rig)).toBe('stale v1 from cache, out');
      expect(rig.origin.fetches).toHaveLength(2);
      expect(await told(rig), 'one revalidation at a time').toBe('stale v1 from cache, out');
      expect(rig.origin.fetches).toHaveLength(2);
      rig.origin.held(1).unchanged();
      await rig.clock.settle();
      expect(await told(rig)).toBe('fresh v1 from cache');
    }));

  test('a heartbeat in effect keeps it fresh, for as long after the time it names', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(4_000);
      rig.beat();
      await rig.clock.advance(3_000);
      expect(await told(rig)).toBe('fresh v1 from cache');
      await rig.clock.advance(2_001);
      expect(await told(rig)).toBe('stale v1 from cache, out');
    }));

  test('with the origin away, too, it is stale and never fresh', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(RUN_OUT_MS);
      for (const at of [1, 2, 3]) {
        expect(await told(rig)).toBe('stale v1 from cache, out');
        rig.origin.held(at).fail();
        await rig.clock.settle();
      }
    }));

  test('is not why an entry is stale that an event has made so', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      rig.write(1, 2, 'soft');
      await rig.clock.advance(RUN_OUT_MS);
      expect(await told(rig)).toBe('stale v1 from cache');
    }));

  test('a 404 beyond it is asked for again', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 0);
      await rig.clock.advance(RUN_OUT_MS);
      const reading = told(rig);
      await rig.clock.settle();
      rig.origin.held(1).content(1);
      expect(await reading).toBe('fresh v1 from origin');
    }));

  test('an answer of the origin that took longer is stale, also for who joined it a moment ago', () =>
    withLease(async (rig) => {
      const first = told(rig);
      await rig.clock.advance(RUN_OUT_MS);
      const joined = told(rig);
      await rig.clock.settle();
      rig.origin.held(0).content(1);
      expect(await first).toBe('stale v1 from origin, out');
      expect(await joined).toBe('stale v1 from origin, out');
    }));

  test('a 404 of the origin that took longer is asked for once more, and then there is no answer', () =>
    withLease(async (rig) => {
      const reading = told(rig);
      await rig.clock.advance(RUN_OUT_MS);
      rig.origin.held(0).missing(0);
      await rig.clock.settle();
      rig.origin.held(1).missing(0);
      expect(await reading).toBe('fresh 404 v0 from origin');
      const again = expect(told(rig, 2)).rejects.toThrow('longer ago than the lease');
      for (const at of [2, 3]) {
        await rig.clock.advance(RUN_OUT_MS);
        rig.origin.held(at).missing(0);
        await rig.clock.settle();
      }
      await again;
    }));

  test('what the answer says of its own age is taken off', () =>
    withLease(async (rig) => {
      rig.origin.answer = async (id) => ({ ...contentAnswer(id, 1), ageMs: 4_000 });
      await told(rig);
      await rig.clock.advance(1_001);
      expect(await told(rig)).toBe('stale v1 from cache, out');
    }));

  test('what a 304 says of its own age is taken off, too', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(RUN_OUT_MS);
      rig.origin.answer = async () => ({ kind: 'unchanged', ageMs: 4_000 });
      await told(rig);
      await rig.clock.advance(1_001);
      expect(await told(rig)).toBe('stale v1 from cache, out');
    }));

  test('an answer that was older than the lease when it came is stale at once, and a 404 none', () =>
    withLease(async (rig) => {
      const missing = 2;
      rig.origin.answer = async (id) => ({
        ...(id === missing ? { kind: 'missing', version: 0 } : contentAnswer(id, 1)),
        ageMs: RUN_OUT_MS,
      });
      expect(await told(rig)).toBe('stale v1 from origin, out');
      await expect(told(rig, missing)).rejects.toThrow('longer ago than the lease lasts');
      expect(rig.origin.fetches.map(({ id }) => id)).toEqual([1, missing, missing]);
    }));

  test('the heartbeat counts that was in effect when the cache was asked, and none that came after', () =>
    withLease(async (rig) => {
      await rig.readThrough(1, 1);
      await rig.clock.advance(RUN_OUT_MS);
      const lookup = rig.cache.lookup.bind(rig.cache);
      rig.cache.lookup = async (key) => {
        const found = await lookup(key);
        rig.beat();
        return found;
      };
      expect(await told(rig)).toBe('stale v1 from cache, out');
      expect(await told(rig)).toBe('fresh v1 from cache');
    }));

  test('an origin whose clock is another one makes stale what rests on clocks, and nothing else', () =>
    withLease(async (rig) => {
      rig.beat();
      const [missing, aheadMs] = [2, { by: TERMS.skewMs }];
      rig.origin.answer = async (id) => {
        const dateMs = rig.clock.now() + aheadMs.by;
        return id === missing ? { kind: 'missing', version: 0, dateMs } : { ...contentAnswer(id, 1), dateMs };
      };
      expect([await told(rig), await told(rig)]).toEqual(['fresh v1 from origin', 'fresh v1 from cache']);
      aheadMs.by += 3;
      expect(await told(rig, missing)).toBe('fresh 404 v0 from origin');
      expect(await told(rig), 'and is asked for again').toBe('stale v1 from cache, out');
      expect(await told(rig, missing), 'a 404 is never stale').toBe('fresh 404 v0 from origin');
      expect(rig.origin.fetches.map(({ id }) => id)).toEqual([1, missing, 1, missing]);
      aheadMs.by = 0;
      await rig.clock.advance(TERMS.leaseMs + 1);
      rig.beat();
      expect(await told(rig)).toBe('fresh v1 from cache');
    }));

  test('past a cache that does not answer the same rule holds', () =>
    withLease(async (rig) => {
      rig.cache.away = true;
      const reading = told(rig);
      await rig.clock.advance(RUN_OUT_MS);
      rig.origin.held(0).content(1);
      expect(await reading).toBe('stale v1 from origin, out');
    }));

  test('32 keys at most are asked for again for nothing but the lease, and none while 32 readers wait for others', () =>
    withLease(async (rig) => {
      for (let id = 1; id <= 80; id += 1) await rig.readThrough(id, 1);
      await rig.clock.advance(RUN_OUT_MS);
      for (let id = 1; id <= 40; id += 1) expect(await told(rig, id)).toBe('stale v1 from cache, out');
      expect(rig.origin.fetches).toHaveLength(80 + 32);
      for (let at = 80; at < 112; at += 1) rig.origin.held(at).unchanged();
      await rig.clock.settle();
      // Those that have ended make room for others.
      for (let id = 33; id <= 72; id += 1) await told(rig, id);
      expect(rig.origin.fetches).toHaveLength(112 + 32);
      for (let at = 112; at < 144; at += 1) rig.origin.held(at).fail();
      await rig.clock.settle();
      for (let id = 101; id <= 132; id += 1) void told(rig, id).catch(() => {});
      await rig.clock.settle();
      expect(rig.origin.fetches).toHaveLength(144 + 32);
      expect(await told(rig, 50)).toBe('stale v1 from cache, out');
      expect(rig.origin.fetches).toHaveLength(144 + 32);
      for (let at = 144; at < 176; at += 1) rig.origin.held(at).content(1);
    }));
});

test('without a lease an entry is fresh for its lifetime, whatever heartbeats there are', () =>
  withReader(async (rig) => {
    await rig.readThrough(1, 1);
    await rig.clock.advance(RUN_OUT_MS * 10);
    expect(await rig.reader.read(1)).toMatchObject({ status: 'fresh', term: undefined });
  }));
