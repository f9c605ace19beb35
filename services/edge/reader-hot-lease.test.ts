/** Hot entries that are held longer than their lease lasts. */
import { expect, it } from 'vitest';
import { createRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { HotCache } from './cache/hot.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { isOutOfLease } from './labels.ts';
import { Lease } from './lease.ts';
import { EdgeMeter } from './metrics.ts';
import { Reader } from './reader.ts';
import { StagedOrigin } from './testing/edge.ts';
import { contentOf } from './testing/kit.ts';

const LEASE_MS = 4_000;
const LONG_MS = 1_000_000;
const LIFETIMES = { freshMs: LONG_MS, staleWhileRevalidateMs: LONG_MS, staleIfErrorMs: LONG_MS, negativeMs: LONG_MS };

it('while heartbeats come each answer is fresh, and the origin is asked once', async () => {
  const clock = new VirtualClock();
  const lease = new Lease(() => ({ leaseMs: LEASE_MS, skewMs: 500 }), clock);
  const inner = new MemoryCache(new MemoryCacheServer({ clock, random: createRandom(1), markRetentionMs: LONG_MS }));
  const cache = new HotCache(inner, {
    clock,
    hotMs: 10_000,
    bytesMax: 1_000_000,
    upToDate: () => 1,
    isOutOfLease: (key, found) => isOutOfLease(key, found, lease),
    onHit: () => {},
  });
  const origin = new StagedOrigin(clock);
  origin.contents.set(1, contentOf(1, 1));
  const reader = new Reader({ cache, origin, clock, meter: new EdgeMeter(clock), lifetimes: LIFETIMES, upToDate: () => 1, lease });
  for (let second = 0; second < 30; second += 1) {
    const position = { partition: 0, offset: second, id: `${second}`, time: second };
    await cache.pass({ position, previous: second - 1, beat: { time: clock.now(), partitions: 1 } });
    await cache.confirmBeats(new Map([[0, clock.now()]]));
    expect((reader.readNow(1) ?? (await reader.read(1))).status, `second ${second}`).toBe('fresh');
    await clock.advance(1_000);
  }
  expect(origin.fetches).toHaveLength(1);
});
