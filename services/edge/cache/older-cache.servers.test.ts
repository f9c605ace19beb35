/**
 * A cache in Redis that an edge of version 0.1.0 has filled, taken over by the edge of today. What it stored is served
 * or refused as before, its positions are taken up, and no invalidation that it had applied is forgotten.
 */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { silentLogger } from '../../runtime/log.ts';
import { BUNDLED_MS_MAX, bundleVersion010, isVersion010There, type Version010 } from '../../runtime/testing/version-0-1-0.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import type { EdgeCache } from './cache.ts';
import type { OpenCacheOptions } from './open.ts';
import { RedisCache } from './redis.ts';
import { PATIENT, until } from './testing/redis-subject.ts';
import { KEY, MARK_RETENTION_MS, purged, Steps, written } from './testing/subject.ts';

const servers = inject('servers');
const SOURCE = `export { openCache } from './services/edge/cache/open.ts';`;

/** What that version's caches take and answer, as far as it is used here, is what those of today do. */
interface OlderEdge {
  readonly openCache: (options: OpenCacheOptions) => Promise<Pick<EdgeCache, 'lookup' | 'fill' | 'apply' | 'close'>>;
}

interface Region {
  readonly openOlder: () => Promise<Steps>;
  readonly openToday: () => Promise<Steps>;
  readonly empty: () => Promise<void>;
}

describe.skipIf(servers === undefined || !isVersion010There)('a cache in Redis of 0.1.0', () => {
  let version: Version010<OlderEdge>;

  beforeAll(async () => {
    version = await bundleVersion010<OlderEdge>(SOURCE);
  }, BUNDLED_MS_MAX);

  afterAll(() => version.remove());

  /**
   * Caches of a region that has no data yet: opened when asked for, so in the order of the test. All are closed in the
   * end.
   */
  async function inRegion(use: (region: Region) => Promise<void>): Promise<void> {
    const url = servers?.redisUrl ?? '';
    const region = `test-${randomUUID()}`;
    const shared = { url, region, clock: new VirtualClock(), logger: silentLogger, markRetentionMs: MARK_RETENTION_MS };
    const opened: Pick<EdgeCache, 'close'>[] = [];
    const raw = new Redis(url);
    const steps = async (cache: EdgeCache): Promise<Steps> => {
      opened.push(cache);
      const isThere = () =>
        cache.lookup('content:9').then(
          () => true,
          () => false,
        );
      await until(isThere, 'an answer of the cache');
      return new Steps({ cache, clock: shared.clock, restart: async () => {} });
    };
    const empty = async () => void (await raw.del(await raw.keys(`edgesync:{${region}}:*`)));
    try {
      await use({
        openOlder: async () => steps((await version.exports.openCache(shared)) as EdgeCache),
        openToday: () => steps(RedisCache.open({ ...shared, ...PATIENT })),
        empty,
      });
    } finally {
      for (const cache of opened) await cache.close();
      await empty();
      raw.disconnect();
    }
  }

  it('is taken up as it is: what was fresh is, no invalidation is forgotten, and the log is read on', () =>
    inRegion(async ({ openOlder, openToday }) => {
      const older = await openOlder();
      await older.fetch(1);
      await older.fetch(1, ['b'], 'content:2');
      await older.fetch(1, ['c'], 'content:3');
      await older.fetch(1, ['d'], 'content:4');
      await older.apply(written(2));
      await older.apply(purged('tag', 'b'), 1);
      await older.apply(purged('tag', 'c', 'soft'), 2);
      const today = await openToday();
      const read = [KEY, 'content:2', 'content:3', 'content:4'].map((key) => today.read(key));
      expect(await Promise.all(read)).toEqual(['invalid', 'invalid', 'stale v1', 'fresh v1']);
      for (const partition of [0, 1, 2]) {
        expect(await today.applyAt(purged('tag', 'e'), 0, { partition }), 'applied before').toBe('skipped');
        expect(await today.applyAt(purged('all', '*'), 1, { partition })).toBe('applied');
      }
      expect(await today.read('content:4')).toBe('invalid');
      expect(await today.fetch(2)).toBe('stored');
      expect(await today.read()).toBe('fresh v2');
    }));

  it('refuses a fill by a fetch that 0.1.0 began before it applied what made it old', () =>
    inRegion(async ({ openOlder, openToday }) => {
      const older = await openOlder();
      const begun = await older.begin();
      await older.apply(written(2));
      expect(await (await openToday()).arrive(begun, 1)).toBe('below-hard-minimum');
    }));

  it('is of no use to 0.1.0 once today has filled it, until it is emptied', () =>
    inRegion(async ({ openOlder, openToday, empty }) => {
      expect(await (await openToday()).fetch(1)).toBe('stored');
      await expect((await openOlder()).read()).rejects.toThrow('expected an entry');
      await empty();
      const older = await openOlder();
      expect(await older.fetch(1)).toBe('stored');
      expect(await older.read()).toBe('fresh v1');
    }));
});
