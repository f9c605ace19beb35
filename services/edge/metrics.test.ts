import { describe, expect, test } from 'vitest';
import type { AppliedInvalidation } from '../protocol/edge-api.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { EdgeMeter } from './metrics.ts';

const NO_SAMPLES = { p50: null, p95: null, p99: null, hitRatio: null, requests: 0 };

function createMeter(): { clock: VirtualClock; meter: EdgeMeter } {
  const clock = new VirtualClock();
  return { clock, meter: new EdgeMeter(clock) };
}

const APPLIED: AppliedInvalidation = {
  id: 'event-1',
  type: 'key',
  target: 'content:1',
  version: 2,
  mode: 'hard',
  partition: 0,
  offset: 7,
  recordedAt: 1_000,
  arrivedAt: 1_005,
  dueAt: 1_300,
  appliedAt: 1_301,
};

describe('EdgeMeter', () => {
  test('without samples latencies are null, and the ratio of the window too', () => {
    const { meter } = createMeter();
    const { metrics, window, invalidationLagMs } = meter.snapshot();
    expect(window).toEqual(NO_SAMPLES);
    expect(metrics).toMatchObject({ avgLatency: null, p50Latency: null, p95Latency: null, p99Latency: null });
    expect(metrics).toMatchObject({ minLatency: null, maxLatency: null, hitRatio: 0, totalRequests: 0 });
    expect(invalidationLagMs).toBeNull();
  });

  test('the hit ratio is in percent, and a stale answer is a hit', () => {
    const { meter } = createMeter();
    for (const outcome of ['hit', 'stale', 'miss'] as const) meter.recordRead(outcome, 1);
    const { metrics, window } = meter.snapshot();
    expect([metrics.hitRatio, window.hitRatio]).toEqual([66.67, 66.67]);
    expect(metrics).toMatchObject({ totalRequests: 3, cacheHits: 2, staleHits: 1, cacheMisses: 1 });
  });

  test('an error is a miss, and is counted', () => {
    const { meter } = createMeter();
    meter.recordRead('error', 1);
    expect(meter.snapshot().metrics).toMatchObject({ totalRequests: 1, cacheMisses: 1, hitRatio: 0 });
    expect(meter.errors).toBe(1);
  });

  test('percentiles are in ms, within the thousandth an HDR histogram keeps', () => {
    const { meter } = createMeter();
    for (let ms = 1; ms <= 100; ms += 1) meter.recordRead('hit', ms);
    const { metrics, window } = meter.snapshot();
    for (const [measured, expected] of [
      [metrics.p50Latency, 50],
      [metrics.p95Latency, 95],
      [metrics.p99Latency, 99],
      [metrics.minLatency, 1],
      [metrics.maxLatency, 100],
      [metrics.avgLatency, 50.5],
      [window.p50, 50],
      [window.p95, 95],
      [window.p99, 99],
    ] as const) {
      expect(Math.abs((measured ?? Number.NaN) - expected)).toBeLessThanOrEqual(expected / 500);
    }
  });

  test('a latency below a microsecond or above the longest is kept at the end of the scale', () => {
    const { meter } = createMeter();
    meter.recordRead('hit', 0);
    meter.recordRead('hit', 1e9);
    const { minLatency, maxLatency } = meter.snapshot().metrics;
    expect(minLatency).toBeCloseTo(0.001);
    expect((maxLatency ?? 0) / 60_000).toBeCloseTo(1, 2);
  });

  test('the window holds ten seconds and moves with the clock; the lifetime does not', async () => {
    const { clock, meter } = createMeter();
    meter.recordRead('hit', 5);
    await clock.advance(9_999);
    expect(meter.snapshot().window.requests).toBe(1);
    await clock.advance(1);
    expect(meter.snapshot().window).toEqual(NO_SAMPLES);
    expect(meter.snapshot().metrics).toMatchObject({ totalRequests: 1, uptime: 10_000 });
  });

  test('one read a second for a minute leaves ten in the window', async () => {
    const { clock, meter } = createMeter();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      meter.recordRead(second < 55 ? 'miss' : 'hit', second < 55 ? 100 : 1);
    }
    const { window, metrics } = meter.snapshot();
    expect([window.requests, window.hitRatio, metrics.totalRequests]).toEqual([10, 50, 60]);
  });

  test('a wall clock set back does not move the window', () => {
    const { clock, meter } = createMeter();
    meter.recordRead('hit', 1);
    clock.jumpWall(-3_600_000);
    expect(meter.snapshot().window.requests).toBe(1);
  });

  test('invalidations are counted by mode, fills by outcome', () => {
    const { meter } = createMeter();
    meter.countInvalidation(APPLIED);
    meter.countInvalidation({ ...APPLIED, mode: 'soft', appliedAt: 1_034 });
    meter.countFill('stored');
    meter.countFill('hard-epoch');
    meter.countFill('hard-epoch');
    meter.countCoalesced();
    meter.countOriginFetch();
    meter.countUnreadable();
    const { metrics, ...rest } = meter.snapshot();
    expect(metrics).toMatchObject({ totalInvalidations: 2, eagerInvalidations: 1, lazyInvalidations: 1 });
    expect(rest).toMatchObject({
      invalidationLagMs: 34,
      fills: { stored: 1, refused: { 'hard-epoch': 2 } },
      coalesced: 1,
      originFetches: 1,
    });
    expect(meter.unreadable).toBe(1);
  });

  test('the invalidations applied last are told newest first', () => {
    const { meter } = createMeter();
    const other = { ...APPLIED, id: 'event-2' };
    meter.countInvalidation(APPLIED);
    meter.countInvalidation(other);
    expect(meter.snapshot().recent).toEqual([other, APPLIED]);
  });

  test('a log whose clock is ahead of ours makes no negative lag', () => {
    const { meter } = createMeter();
    meter.countInvalidation({ ...APPLIED, recordedAt: 5_000 });
    expect(meter.snapshot().invalidationLagMs).toBe(0);
  });
});
