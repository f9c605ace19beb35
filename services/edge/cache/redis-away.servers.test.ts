/** The cache while its Redis does not answer, or must not be used. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { CacheUnavailable } from './cache.ts';
import { emptied, eventually, IN_FORCE, withFaulty } from './testing/faulty-redis.ts';
import { RedisServer } from './testing/redis-server.ts';
import { until } from './testing/redis-subject.ts';
import { KEY, recordAt, written } from './testing/subject.ts';

/** A call that fails at its own deadline, not at that of a socket. */
const FAST_MS = 1_500;
const servers = inject('servers');

describe.skipIf(servers === undefined)('a Redis that does not answer', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(servers?.redisContainer ?? '');
  });
  beforeEach(() => emptied(server));
  afterAll(() => server?.remove());

  it('paused, calls fail soon and then at once; resumed, it is the same life with all it had', () =>
    withFaulty({ server, deadlines: IN_FORCE }, async ({ cache, steps, told, answers }) => {
      await eventually(() => steps.applyAt(written(1), 0));
      await eventually(() => steps.fetch(1));
      const before = await eventually(() => steps.begin());
      await server.paused(async () => {
        const failures: number[] = [];
        while (cache.connected()) {
          const startedAt = performance.now();
          await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
          failures.push(performance.now() - startedAt);
        }
        await expect(cache.apply([recordAt(written(2), 1)])).rejects.toThrow(CacheUnavailable);
        expect(Math.max(...failures)).toBeLessThan(FAST_MS);
      });
      await answers();
      expect((await eventually(() => steps.begin())).life).toBe(before.life);
      expect(told()).toBe(0);
      // The apply that ran out of time may lie in a socket and happen all the same: repeated, it is skipped.
      expect(await eventually(() => steps.applyAt(written(2), 1))).toMatch(/^(applied|skipped)$/);
      expect(await eventually(() => steps.read())).toBe('invalid');
    }));

  it('is closed without delay while its server is paused', () =>
    withFaulty({ server, deadlines: IN_FORCE }, async ({ cache }) => {
      await server.paused(async () => {
        const waiting = cache.lookup(KEY);
        await Promise.all([cache.close(), expect(waiting).rejects.toThrow(CacheUnavailable)]);
        expect(cache.connected()).toBe(false);
      });
    }));

  it('is opened before its server answers, and connects when it does', async () => {
    await server.kill();
    await withFaulty({ server, connected: false }, async ({ cache, answers, told, steps }) => {
      expect(cache.connected()).toBe(false);
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await expect(cache.apply([recordAt(written(1), 0)])).rejects.toThrow(CacheUnavailable);
      await expect(cache.takeUp()).rejects.toThrow(CacheUnavailable);
      await server.bringBack();
      await answers();
      expect(await steps.fetch(1)).toBe('stored');
      expect(told()).toBe(0);
    });
  });

  it('scripts gone behind our back cost one call', () =>
    withFaulty({ server }, async ({ cache, answers }) => {
      const before = await cache.lookup(KEY);
      await server.with((raw) => raw.script('FLUSH'));
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await answers();
      expect(await cache.lookup(KEY)).toEqual(before);
      expect(await cache.apply([recordAt(written(1), 0)])).toEqual(['applied']);
    }));

  it.each(['allkeys-lru', 'noeviction'])('refuses to use it under %s, says what to do, and connects when it is done', async (policy) => {
    await server.with((raw) => raw.config('SET', 'maxmemory-policy', policy));
    await withFaulty({ server, connected: false }, async ({ cache, answers, lines }) => {
      await until(() => lines.some((line) => line.includes('CONFIG SET maxmemory-policy volatile-ttl')), 'a line with the remedy');
      expect(lines.find((line) => line.includes(`got ${policy}`))).toBeDefined();
      expect(cache.connected()).toBe(false);
      await expect(cache.lookup(KEY)).rejects.toThrow(CacheUnavailable);
      await server.with((raw) => raw.config('SET', 'maxmemory-policy', 'volatile-ttl'));
      await answers();
    });
  });

  it('without a bound on its memory any policy will do', async () => {
    await server.with(async (raw) => {
      await raw.config('SET', 'maxmemory', '0');
      await raw.config('SET', 'maxmemory-policy', 'noeviction');
    });
    await withFaulty({ server }, async ({ steps }) => expect(await steps.fetch(1)).toBe('stored'));
  });
});
