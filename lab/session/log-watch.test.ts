import { describe, expect, it } from 'vitest';
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { EventLoop, ProcessReport } from '../../services/protocol/process.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import { History } from '../history/history.ts';
import { WallClock } from '../history/wall-clock.ts';
import { LogWatch, type LogWatchOptions, toEdgeSample } from './log-watch.ts';

/** A run that began at 1,000 of the monotonic clock and at 500,000 of the wall clock. */
function startWatch(more: Pick<LogWatchOptions, 'isOneProcess'> = {}) {
  const at = { wallMs: 500_000, monotonicMs: 1_000 };
  const clock: Clock = { now: () => at.wallMs, monotonicMs: () => at.monotonicMs, setTimer: () => ({ cancel: () => {} }) };
  const history = new History();
  const wallClock = new WallClock({ clock, history, startedAt: 1_000 });
  const watch = new LogWatch({ sink: history, dated: { sink: history, wallClock }, t: () => at.monotonicMs - 1_000, ...more });
  const pass = (ms: number) => {
    at.wallMs += ms;
    at.monotonicMs += ms;
  };
  return { at, pass, history, wallClock, watch };
}

describe('the wall clock of a run', () => {
  it('tells a time of the services on the run’s clock, the same at any time', () => {
    const { pass, wallClock, history } = startWatch();
    expect(wallClock.toRunMs(500_250)).toBe(250);
    pass(9_000);
    expect(wallClock.toRunMs(500_250)).toBe(250);
    expect(history.of('clock')).toEqual([]);
  });

  it('records by how much it was set, once', () => {
    const { at, pass, wallClock, history } = startWatch();
    pass(100);
    at.wallMs += 4;
    wallClock.toRunMs(500_000);
    expect(history.of('clock')).toEqual([]);
    at.wallMs -= 1_004;
    wallClock.toRunMs(500_000);
    wallClock.toRunMs(500_000);
    expect(history.of('clock')).toEqual([{ atMs: 100, shiftMs: -1_000 }]);
  });
});

const event = (id: string, version: number | null) => ({ id, type: 'key' as const, target: 'content:7', version });
const sent = (id: string, sentAt: number) => ({ ...event(id, 2), createdAt: 0, claimedAt: 0, sentAt });
const took = (id: string, appliedAt: number) => ({
  ...event(id, null),
  mode: 'hard' as const,
  partition: 1,
  offset: 4,
  recordedAt: 0,
  arrivedAt: 0,
  dueAt: 0,
  appliedAt,
});

function originMetrics(pending: number, published: OriginMetrics['published']): OriginMetrics {
  return { success: true, versions: [], outbox: { pending, oldestAgeMs: null }, published, requests: { reads: 0, writes: 0 } };
}

function edgeMetrics(originFetches: number, recent: EdgeMetrics['recent']): Parameters<LogWatch['sawEdge']>[1] {
  const log = { connected: true, catchingUp: false, lag: 3, applied: { '0': 5 }, queued: 2, unreadable: 0 };
  const times = { avgLatency: null, p50Latency: null, p95Latency: null, p99Latency: null, minLatency: null, maxLatency: null, uptime: 1 };
  const reads = { totalRequests: 0, cacheHits: 0, cacheMisses: 0, staleHits: 0, hitRatio: 0 };
  const invalidations = { totalInvalidations: 0, eagerInvalidations: 0, lazyInvalidations: 0, startTime: 'then' };
  return {
    success: true,
    region: 'eu-west',
    strategy: 'eager',
    propagationDelayMs: 0,
    metrics: { ...times, ...reads, ...invalidations },
    window: { requests: 0, hitRatio: null, p50: null, p95: null, p99: null },
    versions: [],
    invalidationLagMs: null,
    recent,
    log,
    fills: { stored: 2, refused: { 'hard-epoch': 1 } },
    coalesced: 0,
    originFetches,
  };
}

describe('what the metrics tell of the log', () => {
  it('is recorded oldest first, each event once for the origin and once for each region', () => {
    const { pass, history, watch } = startWatch();
    pass(1_000);
    watch.sawOrigin(originMetrics(1, [sent('b', 500_200), sent('a', 500_100)]), 990);
    watch.sawEdge('eu-west', edgeMetrics(4, [took('a', 500_400)]), { askedMs: 990 });
    pass(1_000);
    watch.sawOrigin(originMetrics(0, [sent('c', 501_100), sent('b', 500_200)]), 1_990);
    watch.sawEdge('us-east', edgeMetrics(6, [took('a', 500_300)]), { askedMs: 1_990 });
    watch.sawEdge('eu-west', edgeMetrics(5, [took('a', 500_400)]), { askedMs: 1_990 });
    expect(history.of('published').map((told) => [told.event, told.sentMs])).toEqual([
      ['a', 100],
      ['b', 200],
      ['c', 1_100],
    ]);
    expect(history.of('applied').map((told) => [told.event, told.region, told.appliedMs, told.partition, told.offset])).toEqual([
      ['a', 'eu-west', 400, 1, 4],
      ['a', 'us-east', 300, 1, 4],
    ]);
    expect(history.of('origin-sample')).toEqual([
      { atMs: 1_000, pending: 1 },
      { atMs: 2_000, pending: 0 },
    ]);
    expect(history.of('edge-sample')[0]).toEqual({
      region: 'eu-west',
      atMs: 1_000,
      since: 'then',
      originFetches: 4,
      fills: 3,
      refused: 1,
      lag: 3,
      queued: 2,
      caughtUp: false,
      applied: { '0': 5 },
    });
  });

  it('says up to when events may be missing since the sample before: by the last that is listed, else by when the list began', () => {
    const { pass, history, watch } = startWatch();
    const full = (first: number) => Array.from({ length: 20 }, (_, at) => first + 19 - at);
    pass(1_000);
    const process = { now: 500_900, heldMs: 0, eventLoop: null };
    for (const numbers of [full(1), full(2), full(40), []]) {
      watch.sawOrigin(
        {
          ...originMetrics(
            0,
            numbers.map((number) => sent(`e${number}`, 500_000 + number)),
          ),
          process,
        },
        0,
      );
      const edge = edgeMetrics(
        0,
        numbers.map((number) => took(`e${number}`, 500_000 + number)),
      );
      watch.sawEdge('eu-west', { ...edge, metrics: { ...edge.metrics, startTime: new Date(500_800).toISOString() } }, { askedMs: 0 });
    }
    watch.sawOrigin(originMetrics(0, [sent('e100', 500_000)]), 0);
    expect(history.of('origin-sample').map(({ unlistedToMs }) => unlistedToMs)).toEqual([1, undefined, 40, 900, 1_000]);
    expect(history.of('edge-sample').map(({ unlistedToMs }) => unlistedToMs)).toEqual([1, undefined, 40, 800]);
  });
});

const told = (nowMs: number, more: Partial<EventLoop> = {}): ProcessReport => ({
  now: nowMs,
  heldMs: 0,
  eventLoop: { since: 'then', lateMs: 0, lateMsMax: 0, spells: [], waitedMs: null, ...more },
});
const withProcess = (process: ProcessReport) => ({ ...edgeMetrics(0, []), process });
const spell = (number: number, endedMsAgo: number) => ({ number, endedMsAgo, overMs: 50, lateMs: 40 });

describe('what the metrics tell of the service itself', () => {
  it('is what its clock said, between the question and the answer', () => {
    const { pass, history, watch } = startWatch();
    pass(1_000);
    watch.sawOrigin({ ...originMetrics(0, []), process: told(507_000) }, 980);
    watch.sawEdge('eu-west', withProcess({ ...told(433_000), heldMs: 11 }), { askedMs: 980 });
    expect(history.of('origin-sample')[0]?.clock).toEqual({ fromMs: 980, toMs: 1_000, nowMs: 7_000 });
    // It had the question for a while: the answer is younger.
    expect(history.of('edge-sample')[0]?.clock).toEqual({ fromMs: 980 + 11 * 0.98 - 1, toMs: 1_000, nowMs: -67_000 });
  });

  it('is how late it was, each spell once, from how long ago it says it was', () => {
    const { pass, history, watch } = startWatch();
    pass(1_000);
    watch.sawEdge('eu-west', withProcess(told(0, { spells: [spell(3, 400), spell(4, 100)] })), { askedMs: 1_000 });
    watch.sawOrigin({ ...originMetrics(0, []), process: told(0, { spells: [spell(3, 400)] }) }, 1_000);
    pass(1_000);
    watch.sawEdge('eu-west', withProcess(told(0, { spells: [spell(4, 1_100), spell(5, 200)] })), { askedMs: 2_000 });
    expect(history.of('stall')).toEqual([
      { dueMs: 550, lateMs: 40, overMs: 50, of: 'edge:eu-west' },
      { dueMs: 850, lateMs: 40, overMs: 50, of: 'edge:eu-west' },
      { dueMs: 550, lateMs: 40, overMs: 50, of: 'origin' },
      { dueMs: 1_750, lateMs: 40, overMs: 50, of: 'edge:eu-west' },
    ]);
  });

  it('begins anew with its process', () => {
    const { pass, history, watch } = startWatch();
    pass(1_000);
    watch.sawEdge('eu-west', withProcess(told(0, { spells: [spell(9, 400)], waitedMs: 500 })), { askedMs: 1_000 });
    pass(1_000);
    watch.sawEdge('eu-west', withProcess(told(0, { since: 'later', spells: [spell(0, 400)], waitedMs: 90 })), { askedMs: 2_000 });
    pass(1_000);
    watch.sawEdge('eu-west', withProcess(told(0, { since: 'later', waitedMs: 390 })), { askedMs: 3_000 });
    expect(history.of('stall').map(({ dueMs }) => dueMs)).toEqual([550, 1_550]);
    expect(history.of('pressure')).toEqual([{ of: 'edge:eu-west', atMs: 3_000, overMs: 1_000, waitedMs: 300 }]);
  });

  it('is told once of services that are one process, and of no stall that their world tells by itself', () => {
    const { pass, history, watch } = startWatch({ isOneProcess: true });
    for (const waitedMs of [100, 350]) {
      pass(1_000);
      const process = told(0, { spells: [spell(waitedMs, 0)], waitedMs });
      watch.sawOrigin({ ...originMetrics(0, []), process }, history.of('origin-sample').length * 1_000 + 1_000);
      watch.sawEdge('eu-west', withProcess(process), { askedMs: history.of('edge-sample').length * 1_000 + 1_000 });
    }
    expect(history.of('stall')).toEqual([]);
    expect(history.of('pressure')).toEqual([{ of: 'services', atMs: 2_000, overMs: 1_000, waitedMs: 250 }]);
  });

  it.each([
    [0, true],
    [100, true],
    [101, false],
    [5_000, false],
  ])('says of a region whose purge has been due for %d ms whether it has caught up: %s', (overdueMs, caughtUp) => {
    const metrics = edgeMetrics(0, []);
    const edge = { ...metrics, log: { ...metrics.log, lag: 2, overdueMs } };
    expect(toEdgeSample('eu-west', edge, { atMs: 0, isToldByOther: true }).caughtUp).toBe(caughtUp);
    // Our own edges know themselves what they may call fresh.
    expect(toEdgeSample('eu-west', edge, { atMs: 0 }).caughtUp).toBe(true);
  });

  it('is told of a program of others by itself, whatever process its purger runs in', () => {
    const { pass, history, watch } = startWatch({ isOneProcess: true });
    for (const waitedMs of [100, 350]) {
      pass(1_000);
      const process = told(0, { spells: [spell(waitedMs, 0)], waitedMs });
      const askedMs = history.of('edge-sample').length * 1_000 + 1_000;
      watch.sawEdge('eu-west', withProcess(process), { askedMs, isToldByOther: true });
    }
    expect(history.of('stall')).toEqual([]);
    expect(history.of('pressure')).toEqual([{ of: 'edge:eu-west', atMs: 2_000, overMs: 1_000, waitedMs: 250 }]);
  });

  it('is nothing of an older service', () => {
    const { history, watch } = startWatch();
    watch.sawEdge('eu-west', edgeMetrics(0, []), { askedMs: 0 });
    watch.sawEdge('us-east', withProcess({ now: 500_000, heldMs: 0, eventLoop: null }), { askedMs: 0 });
    expect([history.of('stall'), history.of('pressure'), history.of('edge-sample')[0]?.clock]).toEqual([[], [], undefined]);
  });
});
