/**
 * What lies beside the state in Redis means something only with it. Redis loses keys one by one: evicted, or by hand.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { CacheEntry } from './cache.ts';
import { emptied, eventually, REGION, withFaulty } from './testing/faulty-redis.ts';
import { RedisServer } from './testing/redis-server.ts';
import { type RedisUnderTest, until, withRedis } from './testing/redis-subject.ts';
import { answerOf, forgetLog, KEY, MARK_RETENTION_MS, OTHER_KEY, purged, recordAt, Steps, written } from './testing/subject.ts';

const servers = inject('servers');
const KEYS_MAX = 200;
const ENTRY_BYTES = 4_000;
const FILLS = 4_000;

function nameOf({ region }: RedisUnderTest, name: string): string {
  return `edgesync:{${region}}:${name}`;
}

/**
 * Version 1 of two keys, and marks of every kind: one entry is invalid by a mark, the other fresh. A fetch is under
 * way.
 */
async function withMarks(test: (subject: RedisUnderTest, steps: Steps, during: Awaited<ReturnType<Steps['begin']>>) => Promise<void>) {
  await withRedis(servers?.redisUrl ?? '', async (subject) => {
    const steps = new Steps(subject);
    await steps.fetch(1);
    await steps.fetch(1, ['a'], OTHER_KEY);
    const during = await steps.begin();
    for (const mark of [written(2), purged('tag', 'b'), purged('pattern', 'news*'), purged('key', 'content:9', 'soft')])
      await steps.apply(mark);
    expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['invalid', 'fresh v1']);
    await test(subject, steps, during);
  });
}

/**
 * Resolves when the cache has noticed, whoever uses it first: a reader, an edge that takes up its position, or one that
 * applies.
 */
async function lose(subject: RedisUnderTest, part: string): Promise<void> {
  const { cache, raw } = subject;
  let told = false;
  cache.onNewLife(() => {
    told = true;
  });
  await raw.unlink(nameOf(subject, part));
  const noticed = async () => {
    await cache.lookup(KEY).catch(() => {});
    await cache.takeUp().catch(() => {});
    // Applied before, and so without effect.
    await cache.apply([recordAt(written(1), 0)]).catch(() => {});
    return told;
  };
  await until(noticed, 'a new life to be told');
}

describe.skipIf(servers === undefined)('a Redis that loses a part of what it had', () => {
  for (const part of ['state', 'marks', 'patterns', 'ages', 'positions']) {
    it(`namely the ${part}, is another life: nothing cached before is served, and no fetch from before is stored`, () =>
      withMarks(async (subject, steps, during) => {
        await lose(subject, part);
        expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['invalid', 'invalid']);
        expect(await steps.arrive(during, 1)).toBe('other-life');
      }));

    it(`namely the ${part}, is used again afterwards: what is stored then is fresh, and a purge then is obeyed`, () =>
      withMarks(async (subject, steps) => {
        const { cache } = subject;
        await lose(subject, part);
        expect([await steps.fetch(2), await steps.fetch(1, ['a'], OTHER_KEY)]).toEqual(['stored', 'stored']);
        expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['fresh v2', 'fresh v1']);
        const applied = (await cache.takeUp()).positions.get(0)?.offset ?? -1;
        await cache.apply([recordAt(purged('tag', 'a'), applied + 1)]);
        expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['invalid', 'invalid']);
        expect(await steps.fetch(2)).toBe('stored');
        expect(await steps.read()).toBe('fresh v2');
      }));
  }

  it('is found out by the next apply, too, before that would put a new part in its place', () =>
    withMarks(async (subject) => {
      const { raw, cache } = subject;
      await raw.unlink(nameOf(subject, 'marks'));
      await expect(cache.apply([recordAt(written(3), 4)])).rejects.toThrow('a part of it is gone');
      expect(await raw.exists(nameOf(subject, 'marks'))).toBe(0);
    }));

  it('is no other life where the last mark has lapsed, nor where the log was forgotten', () =>
    withMarks(async ({ cache, clock, raw, region }, steps, before) => {
      await clock.advance(MARK_RETENTION_MS + 1);
      await steps.apply(purged('all', '*'));
      expect(await raw.exists(`edgesync:{${region}}:marks`)).toBe(0);
      await forgetLog(cache);
      expect(await raw.exists(`edgesync:{${region}}:positions`)).toBe(0);
      expect((await cache.takeUp()).positions).toEqual(new Map());
      expect((await steps.begin()).life).toBe(before.life);
      expect(await steps.fetch(2)).toBe('stored');
    }));

  it('is no other life where an older version of this program stored it: nothing says what ought to be there', () =>
    withMarks(async (subject, steps, before) => {
      const { raw } = subject;
      await raw.hdel(nameOf(subject, 'state'), 'kept');
      const name = nameOf(subject, `entry:${OTHER_KEY}`);
      const [line, ...rest] = (await raw.get(name))?.split('\n') ?? [];
      await raw.set(name, [line?.split(' ').slice(0, 6).join(' '), ...rest].join('\n'), 'KEEPTTL');
      expect([await steps.read(), await steps.read(OTHER_KEY)]).toEqual(['invalid', 'fresh v1']);
      expect(await subject.cache.versions(10)).toHaveLength(2);
      await steps.apply(written(2, 'hard', OTHER_KEY));
      expect(await steps.read(OTHER_KEY)).toBe('invalid');
      expect((await steps.begin()).life).toBe(before.life);
    }));
});

describe.skipIf(servers === undefined)('a Redis whose policy is changed while it is used', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(servers?.redisContainer ?? '');
  });
  beforeEach(() => emptied(server));
  afterAll(() => server?.remove());

  it('may evict the marks: what they made invalid is not served, and it is not used until the policy is right again', () =>
    withFaulty({ server }, async ({ cache, clock, steps, lines, answers }) => {
      const stamp = await steps.begin();
      const keys = Array.from({ length: KEYS_MAX }, (_, at) => `content:${at}`);
      for (const key of keys) await cache.fill(key, answerOf(1, ['a'], clock.now()), stamp);
      await cache.apply(keys.map((key, at) => recordAt(written(2, 'hard', key), at)));
      await server.with((raw) => raw.config('SET', 'maxmemory-policy', 'allkeys-random'));
      const big = answerOf(1, ['x'], clock.now());
      const entry: CacheEntry = { ...big, content: big.content === null ? null : { ...big.content, body: 'x'.repeat(ENTRY_BYTES) } };
      for (let at = 0; at < FILLS; at += 1) await cache.fill(`other:${at}`, entry, stamp).catch(() => {});
      // By chance the state may have gone first; here the marks do.
      await server.with((raw) => raw.unlink(`edgesync:{${REGION}}:marks`));
      const states = await Promise.all(
        keys.map((key) =>
          cache.lookup(key).then(
            ({ state }) => state,
            () => 'no answer',
          ),
        ),
      );
      expect(states.filter((state) => state === 'fresh' || state === 'stale')).toEqual([]);
      await until(() => lines.some((line) => line.includes('got allkeys-random')), 'a line with the reason');
      await server.with((raw) => raw.config('SET', 'maxmemory-policy', 'volatile-ttl'));
      await answers();
      for (const key of keys) expect(['invalid', 'absent']).toContain((await eventually(() => cache.lookup(key))).state);
    }));
});
