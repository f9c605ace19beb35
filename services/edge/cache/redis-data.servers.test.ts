/** What the cache keeps in Redis, and what it makes of what is wrong there. */
import { describe, expect, inject, it } from 'vitest';
import { silentLogger } from '../../runtime/log.ts';
import { CacheUnavailable } from './cache.ts';
import { RedisCache } from './redis.ts';
import { PATIENT, type RedisUnderTest, until, withRedis } from './testing/redis-subject.ts';
import { answerOf, KEY, MARK_RETENTION_MS, OTHER_KEY, purged, recordAt, Steps, written } from './testing/subject.ts';

const servers = inject('servers');

function withSubject(test: (subject: RedisUnderTest) => Promise<void>): Promise<void> {
  return withRedis(servers?.redisUrl ?? '', test);
}

function nameOf({ region }: RedisUnderTest, name: string): string {
  return `edgesync:{${region}}:${name}`;
}

describe.skipIf(servers === undefined)('the data of a cache in Redis', () => {
  it('entries always have a time to live, nothing else has one, and all lies in one slot', () =>
    withSubject(async (subject) => {
      const { raw, region } = subject;
      const steps = new Steps(subject);
      for (const mark of [written(1), purged('key', KEY), purged('tag', 'b'), purged('pattern', '*2'), purged('all', '*')]) {
        await steps.apply(mark);
      }
      await steps.fetch(1);
      await steps.fetch(0, null, OTHER_KEY);
      await subject.cache.flush();
      const keys = await raw.keys(`*${region}*`);
      const withTtl = await Promise.all(keys.map(async (key) => ((await raw.pttl(key)) > 0 ? key : '')));
      expect(keys.every((key) => key.startsWith(nameOf(subject, '')))).toBe(true);
      expect(withTtl.filter((key) => key !== '').sort()).toEqual([nameOf(subject, `entry:${KEY}`), nameOf(subject, `entry:${OTHER_KEY}`)]);
    }));

  it('V2: where one command of a pipeline fails, the next of its partition does not pass it', () =>
    withSubject(async (subject) => {
      const { cache, raw } = subject;
      await new Steps(subject).fetch(1);
      await raw.hset(nameOf(subject, 'marks'), `k:${KEY}`, 'not a mark');
      const batch = [
        recordAt(written(2), 0),
        recordAt(written(1, 'hard', OTHER_KEY), 1),
        recordAt(purged('tag', 'z'), 0, { partition: 1 }),
      ];
      await expect(cache.apply(batch)).rejects.toThrow(CacheUnavailable);
      expect([...(await cache.takeUp()).positions.keys()]).toEqual([1]);
      await raw.hdel(nameOf(subject, 'marks'), `k:${KEY}`);
      expect(await cache.apply(batch)).toEqual(['applied', 'applied', 'skipped']);
      expect(await new Steps(subject).read()).toBe('invalid');
    }));

  it('V5: data gone behind our back is a new life, though the server is the same', () =>
    withSubject(async (subject) => {
      const { cache, raw, region } = subject;
      const steps = new Steps(subject);
      for (const tag of ['x', 'y', 'z']) await steps.apply(purged('tag', tag));
      const fetch = await steps.begin();
      await steps.apply(written(2));
      let told = 0;
      cache.onNewLife(() => {
        told += 1;
      });
      await raw.del(await raw.keys(`edgesync:{${region}}:*`));
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await until(() => told > 0, 'a new life');
      expect(await steps.arrive(fetch, 1)).toBe('other-life');
      expect((await steps.begin()).life.split(':')[0]).toBe(fetch.life.split(':')[0]);
      expect(await steps.read()).toBe('absent');
    }));

  it('two edges on one Redis have one life, see each other, and are both told of the next', () =>
    withSubject(async (subject) => {
      const { clock, region, cache, restart } = subject;
      const url = servers?.redisUrl ?? '';
      const options = { url, region, clock, markRetentionMs: MARK_RETENTION_MS, logger: silentLogger, ...PATIENT };
      const other = RedisCache.open(options);
      try {
        await until(() => other.connected(), 'the second edge to be connected');
        const steps = new Steps(subject);
        await steps.fetch(1);
        expect(await other.lookup(KEY)).toEqual(await cache.lookup(KEY));
        await other.apply([recordAt(written(2), 0)]);
        expect(await steps.read()).toBe('invalid');
        let told = 0;
        other.onNewLife(() => {
          told += 1;
        });
        await restart();
        await other.lookup(KEY).catch(() => {});
        await until(() => told > 0, 'a new life at the second edge');
        expect((await other.lookup(KEY)).life).toBe((await cache.lookup(KEY)).life);
        expect((await other.lookup(KEY)).clock).toBe(1);
      } finally {
        await other.close();
      }
    }));

  it('clocks and versions are exact near 2^53', () =>
    withSubject(async (subject) => {
      const { raw } = subject;
      const high = 9_007_199_254_740_001;
      await raw.hset(nameOf(subject, 'state'), 'clock', String(high));
      const steps = new Steps(subject);
      const fetch = await steps.begin();
      expect(fetch.clock).toBe(high);
      await steps.apply(purged('pattern', 'content:*'));
      expect((await steps.begin()).fence).toBe(high + 1);
      expect(await steps.arrive(fetch, 1)).toBe('hard-epoch');
      await steps.apply(written(high));
      expect(await steps.fetch(high - 1)).toBe('below-hard-minimum');
      expect(await steps.fetch(high)).toBe('stored');
      expect(await subject.cache.versions(1)).toMatchObject([{ key: KEY, version: high, state: 'fresh' }]);
    }));

  it('what lapsed together is dropped little by little, the oldest first', () =>
    withSubject(async (subject) => {
      const { cache, clock, raw } = subject;
      const marks = Array.from({ length: 100 }, (_, at) => recordAt(written(1, 'hard', `content:${at}`), at));
      await cache.apply(marks);
      await clock.advance(MARK_RETENTION_MS + 1);
      const left: number[] = [];
      for (let offset = 100; left.at(-1) !== 1; offset += 1) {
        await cache.apply([recordAt(written(1), offset)]);
        left.push(await raw.hlen(nameOf(subject, 'marks')));
      }
      expect(left[0]).toBe(84);
      expect(left.length).toBeLessThan(10);
      expect(await raw.zcard(nameOf(subject, 'ages'))).toBe(1);
      expect((await cache.lookup('content:5')).fence).toBe(101);
    }));

  it('above 100,000 marks the oldest is dropped, and the floor rises past it', () =>
    withSubject(async (subject) => {
      const { raw, cache } = subject;
      const fill = `for at = 1, 100000 do
        redis.call('HSET', KEYS[1], 'k:old:' .. at, '5 0 0 0 ' .. at .. ' 9e15')
        redis.call('ZADD', KEYS[2], at, 'k:old:' .. at)
      end`;
      await raw.eval(fill, 2, nameOf(subject, 'marks'), nameOf(subject, 'ages'));
      await raw.hset(nameOf(subject, 'state'), 'clock', '100000');
      expect(await cache.apply([recordAt(written(2), 0)])).toEqual(['applied']);
      expect(await raw.hlen(nameOf(subject, 'marks'))).toBe(100_000);
      expect(await raw.hexists(nameOf(subject, 'marks'), 'k:old:1')).toBe(0);
      expect(await raw.hget(nameOf(subject, 'state'), 'floor')).toBe('1');
      expect(await cache.apply([recordAt(written(3), 1)])).toEqual(['applied']);
      expect(await raw.hget(nameOf(subject, 'state'), 'floor')).toBe('1');
    }));

  it('an entry that is gone leaves the list of versions', () =>
    withSubject(async (subject) => {
      const { cache, clock, raw } = subject;
      const stamp = await cache.lookup(KEY);
      for (let at = 1; at <= 300; at += 1) await cache.fill(`content:${at}`, answerOf(1, ['a'], clock.now()), stamp);
      const gone = Array.from({ length: 290 }, (_, at) => nameOf(subject, `entry:content:${at + 11}`));
      await raw.del(gone);
      expect((await cache.versions(4)).map(({ key }) => key)).toEqual(['content:10', 'content:9', 'content:8', 'content:7']);
      expect(await raw.zcard(nameOf(subject, 'entries'))).toBe(10);
    }));

  it('whatever is wrong there is a cache that does not answer', () =>
    withSubject(async (subject) => {
      const { cache, raw } = subject;
      await raw.set(nameOf(subject, `entry:${KEY}`), 'not an entry');
      await raw.set(nameOf(subject, `entry:${OTHER_KEY}`), `1 1 ${Number.MAX_SAFE_INTEGER} ${Number.MAX_SAFE_INTEGER} 0 2\n[]{}`);
      await raw.set(nameOf(subject, 'positions'), 'not a hash');
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await expect(cache.lookup(OTHER_KEY)).rejects.toThrow(CacheUnavailable);
      await expect(cache.takeUp()).rejects.toThrow(CacheUnavailable);
      await expect(cache.apply([recordAt(written(1), 0)])).rejects.toThrow(CacheUnavailable);
    }));
});
