/** What a region shows of a cache that tells nothing of itself. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import type { EdgeRead } from './edge.ts';
import { ReadMeter } from './read-meter.ts';

const READ: EdgeRead = { found: true, version: 1, source: 'cache', status: 'fresh', cachedAt: undefined, body: undefined };
const MISS = { source: 'origin' } as const;

async function seenAfter(ms: number, saw: (meter: ReadMeter, clock: VirtualClock) => Promise<void>) {
  const clock = new VirtualClock();
  const meter = new ReadMeter(clock);
  await saw(meter, clock);
  await clock.advance(ms);
  return meter.seen();
}

describe('what readers see', () => {
  it('is nothing before the first', async () => {
    const { window, metrics, versions } = await seenAfter(0, async () => {});
    expect(window).toEqual({ requests: 0, hitRatio: null, p50: null, p95: null, p99: null });
    expect([metrics, versions]).toEqual([{ totalRequests: 0, cacheHits: 0, cacheMisses: 0, staleHits: 0, hitRatio: 0 }, []]);
  });

  it('counts hits, misses and stale answers, and takes their times', async () => {
    const { window, metrics } = await seenAfter(0, async (meter, clock) => {
      await clock.advance(100);
      meter.saw(1, { ...READ, ...MISS }, 60);
      meter.saw(1, READ, 98);
      meter.saw(1, { ...READ, status: 'stale' }, 90);
    });
    expect(metrics).toEqual({ totalRequests: 3, cacheHits: 2, cacheMisses: 1, staleHits: 1, hitRatio: 66.67 });
    expect(window).toEqual({ requests: 3, hitRatio: 66.67, p50: 10, p95: 40, p99: 40 });
  });

  it('forgets what is older than ten seconds, in the window alone', async () => {
    const { window, metrics } = await seenAfter(9_500, async (meter, clock) => {
      meter.saw(1, READ, 0);
      await clock.advance(1_000);
      meter.saw(1, { ...READ, ...MISS }, 990);
    });
    expect([window.requests, window.hitRatio, metrics.totalRequests]).toEqual([1, 0, 2]);
  });

  it('has the version of each key that was read last, the newest first, at most a hundred', async () => {
    const { versions } = await seenAfter(0, async (meter) => {
      for (let id = 1; id <= 1_000; id += 1) meter.saw(id, READ, 0);
      meter.saw(990, { ...READ, version: 2, status: 'stale' }, 0);
    });
    expect(versions).toHaveLength(100);
    expect(versions.slice(0, 2)).toEqual([
      { key: 'content:990', version: 2, state: 'stale' },
      { key: 'content:1000', version: 1, state: 'fresh' },
    ]);
  });
});
