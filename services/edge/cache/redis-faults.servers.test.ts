/**
 * The cache against a Redis of its own that is killed, restored from a snapshot, emptied and filled. Each test begins
 * with an empty server.
 */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { CacheUnavailable, type EdgeCache, type Lookup } from './cache.ts';
import { BEGIN } from './lua/begin.ts';
import { LOOKUP } from './lua/lookup.ts';
import { emptied, REGION, withFaulty } from './testing/faulty-redis.ts';
import { RedisServer } from './testing/redis-server.ts';
import { until } from './testing/redis-subject.ts';
import { answerOf, forgetLog, KEY, LIFE_MS, OTHER_KEY, purged, recordAt, written } from './testing/subject.ts';

const ENTRY_BYTES = 4_000;
/** Calls that each fail at once, not at a deadline. */
const FAST_MS = 1_500;
const servers = inject('servers');

describe.skipIf(servers === undefined)('a Redis that loses what it had', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(servers?.redisContainer ?? '');
  });
  beforeEach(() => emptied(server));
  afterAll(() => server?.remove());

  it('V3: killed and restored from an older snapshot, it is a new life at the offsets of then', () =>
    withFaulty({ server }, async ({ cache, steps, told, answers }) => {
      await steps.apply(written(1));
      const snapshot = (await cache.takeUp()).positions;
      await server.with((raw) => raw.save());
      await steps.apply(written(2));
      await server.kill();
      await server.bringBack();
      await answers();
      await until(() => told() === 1, 'one new life to be told');
      expect((await cache.takeUp()).positions).toEqual(snapshot);
      expect(await steps.applyAt(written(1, 'hard', OTHER_KEY), 2)).toBe('gap');
      expect(await steps.applyAt(written(2), 1)).toBe('applied');
      expect(await steps.fetch(1)).toBe('below-hard-minimum');
    }));

  it('V4: what the snapshot still holds is answered to nobody, from the first read on', () =>
    withFaulty({ server }, async ({ cache, steps, told, answers }) => {
      await steps.fetch(1);
      await server.with((raw) => raw.save());
      await steps.apply(written(2));
      const before = await steps.begin();
      expect(before.state).toBe('invalid');
      const readers = [1, 2, 3].map(() => reading(cache));
      await server.kill();
      await server.bringBack();
      await answers();
      const answered = (await Promise.all(readers.map((reader) => reader.stop()))).flat();
      expect(answered.filter(({ entry }) => entry !== null)).toEqual([]);
      expect(await steps.read()).toBe('invalid');
      expect((await steps.begin()).life).not.toBe(before.life);
      expect(await server.with((raw) => raw.exists(`edgesync:{${REGION}}:entry:${KEY}`))).toBe(1);
      await until(() => told() === 1, 'one new life to be told');
    }));

  it('on each connection the life is compared before any other command, whoever is waiting', () =>
    withFaulty({ server }, async ({ cache, lines }) => {
      const evaluated = new Map<string, string[]>();
      const connections = () => lines.filter((line) => line.startsWith('the cache is connected')).length;
      await server.with(async (raw) => {
        const monitor = await raw.monitor();
        monitor.on('monitor', (_time: string, [command, sha]: string[], source: string) => {
          if (command?.toLowerCase() === 'evalsha') evaluated.set(source, [...(evaluated.get(source) ?? []), sha ?? '']);
        });
        const readers = [1, 2, 3].map(() => reading(cache));
        for (const round of [1, 2, 3]) {
          await cutConnections(raw);
          await until(() => connections() === 2 + 2 * round, 'both connections to be made anew');
        }
        await Promise.all(readers.map((reader) => reader.stop()));
        monitor.disconnect();
      });
      const fresh = [...evaluated.values()].slice(-4);
      expect(fresh.map(([first]) => first)).toEqual(fresh.map(() => BEGIN.sha));
      expect(fresh.length).toBe(4);
      expect(fresh.flat().filter((sha) => sha === LOOKUP.sha).length).toBeGreaterThan(0);
    }));

  it('V5: a fetch begun before it came back empty stores nothing, however high its clock', () =>
    withFaulty({ server }, async ({ cache, steps, told, answers }) => {
      for (const tag of ['x', 'y', 'z']) await steps.apply(purged('tag', tag));
      const fetch = await steps.begin();
      await steps.apply(written(2));
      await server.kill();
      await server.bringBack();
      await answers();
      expect(await steps.arrive(fetch, 1)).toBe('other-life');
      expect(await steps.read()).toBe('absent');
      expect((await cache.takeUp()).positions).toEqual(new Map());
      await until(() => told() === 1, 'one new life to be told');
    }));

  it('V6: restored from before the log was made anew, it tells which record it stood at', () =>
    withFaulty({ server }, async ({ cache, steps, answers }) => {
      await steps.apply(written(2));
      await server.with((raw) => raw.save());
      await forgetLog(cache);
      const other = recordAt(written(3), 0);
      await cache.apply([{ ...other, position: { ...other.position, id: 'of another log', time: 7 } }]);
      await server.kill();
      await server.bringBack();
      await answers();
      expect((await cache.takeUp()).positions.get(0)).toEqual(recordAt(written(2), 0).position);
      await forgetLog(cache);
      expect((await cache.takeUp()).positions).toEqual(new Map());
    }));

  it('V8: full memory evicts entries and no mark', () =>
    withFaulty({ server }, async ({ cache, clock, steps }) => {
      const tombstones = Array.from({ length: 200 }, (_, at) => recordAt(written(5, 'hard', `content:${at}`), at));
      await cache.apply(tombstones);
      await steps.apply(purged('tag', 'gone'), 1);
      await clock.advance(LIFE_MS / 2);
      const stamp = await steps.begin();
      const big = answerOf(9, ['x'], clock.now());
      const entry = { ...big, content: big.content === null ? null : { ...big.content, body: 'x'.repeat(ENTRY_BYTES) } };
      for (let at = 1_000; at < 4_000; at += 1) await cache.fill(`content:${at}`, entry, stamp);
      const evicted = await server.with(async (raw) => Number(/evicted_keys:(\d+)/.exec(await raw.info('stats'))?.[1]));
      expect(evicted).toBeGreaterThan(1_000);
      expect(await server.with((raw) => raw.hlen(`edgesync:{${REGION}}:marks`))).toBe(201);
      const old = { ...answerOf(4, ['x'], clock.now()), expiresAt: clock.now() + LIFE_MS };
      expect(await cache.fill('content:7', old, await cache.lookup('content:7'))).toBe('below-hard-minimum');
      expect((await cache.versions(10)).length).toBe(10);
    }));

  it('where nothing is left to evict, invalidations are still applied and only entries refused', () =>
    withFaulty({ server }, async ({ cache, steps, clock }) => {
      await steps.fetch(1);
      const stamp = await steps.begin();
      await server.with((raw) => raw.config('SET', 'maxmemory', '1'));
      expect(await cache.apply([recordAt(written(2), 0), recordAt(purged('tag', 'b'), 1)])).toEqual(['applied', 'applied']);
      await expect(cache.fill(KEY, answerOf(2, ['a'], clock.now()), stamp)).rejects.toThrow(CacheUnavailable);
      expect(await steps.read()).toBe('absent');
      await cache.flush();
      expect(await cache.versions(5)).toEqual([]);
      expect((await cache.takeUp()).positions.get(0)?.offset).toBe(1);
      await server.with((raw) => raw.config('SET', 'maxmemory', '8mb'));
      expect(await steps.fetch(1)).toBe('below-hard-minimum');
      expect(await steps.fetch(2)).toBe('stored');
    }));

  it('killed, calls fail at once; a batch cut off is applied again from the stored offset', () =>
    withFaulty({ server }, async ({ cache, steps, answers, lines }) => {
      await steps.fetch(1);
      await server.kill();
      await until(() => !cache.connected(), 'the end of the connection');
      const startedAt = performance.now();
      for (let at = 0; at < 100; at += 1) await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      expect(performance.now() - startedAt).toBeLessThan(FAST_MS);
      await server.bringBack();
      await answers();
      expect(lines.filter((line) => line.startsWith('the cache began a new life')).length).toBe(1);
      const many = Array.from({ length: 20_000 }, (_, at) => recordAt(written(1, 'hard', `content:${at}`), at));
      const cutOff = cache.apply(many).then(
        () => 'applied',
        (error) => error,
      );
      await server.kill();
      expect(['applied', expect.any(CacheUnavailable)]).toContainEqual(await cutOff);
      await server.bringBack();
      await answers();
      expect((await cache.takeUp()).positions).toEqual(new Map());
    }));
});

/** Reads as fast as answers come, until told to stop; keeps what was answered. */
function reading(cache: EdgeCache): { stop(): Promise<Lookup[]> } {
  const answered: Lookup[] = [];
  let reading = true;
  const loop = (async () => {
    while (reading) {
      await cache.lookup(KEY).then(
        (found) => answered.push(found),
        (error) => expect(error).toBeInstanceOf(CacheUnavailable),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    stop: async () => {
      reading = false;
      await loop;
      return answered;
    },
  };
}

/** Those of the cache, told by their names; the one that asks has none. */
async function cutConnections(raw: Redis): Promise<void> {
  const list = String(await raw.client('LIST'));
  for (const line of list.split('\n').filter((each) => each.includes(` name=edgesync:${REGION}:`))) {
    const id = /^id=(\d+)/.exec(line)?.[1] ?? '';
    await raw.call('CLIENT', 'KILL', 'ID', id);
  }
}
