import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../history/records.ts';
import { FaultWindows, isOnPath } from './fault-windows.ts';
import { lengthOutside, unionOf } from './interval.ts';
import { fault, historyOf } from './testing/history.ts';

const FRESH = { region: 'eu-west', status: 'fresh' } as const;
const STALE = { region: 'eu-west', status: 'stale' } as const;
const TIMES = { fromMs: 100, toMs: 200 };
const windowsOf = (...faults: FaultRecord[]) => new FaultWindows(historyOf({ operations: [], faults }));

describe('the path of a read', () => {
  it.each([
    ['kill', 'origin', true, true],
    ['pause', 'postgres', true, true],
    ['pause', 'kafka', true, true],
    ['kill', 'edge:eu-west', false, true],
    ['restart', 'edge:eu-west', false, true],
    ['pause', 'edge:eu-west', true, true],
    ['isolate', 'edge:eu-west', true, true],
    ['pause', 'redis:eu-west', true, true],
    ['partition', 'origin<->kafka', true, true],
    ['latency', 'origin->postgres', true, true],
    ['partition', 'edge:eu-west<->kafka', true, true],
    ['reset', 'kafka->edge:eu-west', true, true],
    ['partition', 'edge:eu-west<->origin', false, true],
    ['latency', 'origin->edge:eu-west', false, true],
    ['kill', 'edge:us-east', false, false],
    ['isolate', 'edge:us-east', false, false],
    ['pause', 'redis:us-east', false, false],
    ['partition', 'edge:us-east<->kafka', false, false],
    ['partition', 'edge:us-east<->origin', false, false],
    ['propagation-delay', 'edge:eu-west', false, false],
    ['strategy', 'edge:eu-west', false, false],
    ['flush', 'redis:eu-west', false, false],
    ['evict', 'redis:eu-west', false, false],
    ['rollback', 'redis:eu-west', false, false],
    ['new-log', 'kafka', false, false],
    ['truncate-log', 'kafka', false, false],
    ['garble', 'kafka', false, false],
    ['read-only', 'redis:eu-west', true, true],
    ['torn-batch', 'redis:eu-west', true, true],
    ['duplicate', 'edge:eu-west<->kafka', false, false],
    ['duplicate', 'origin<->kafka', false, false],
  ])('%s %s: labelled fresh %s, labelled stale %s', (name, target, ofFresh, ofStale) => {
    const record = fault(name, target, TIMES);
    expect([isOnPath(record, FRESH), isOnPath(record, STALE)]).toEqual([ofFresh, ofStale]);
  });
});

describe('the window of a fault', () => {
  const interval = { fromMs: 0, toMs: 1_000 };
  it.each([
    ['begins with the injection and ends with the heal', { fromMs: 100, toMs: 200 }, 900],
    ['lasts for the recovery allowance after the heal', { fromMs: 100, toMs: 200, allowanceMs: 300 }, 600],
    ['lasts to the end while it is not healed', { fromMs: 100, allowanceMs: 300 }, 100],
  ])('%s', (_title, times, unexcusedMs) => {
    expect(windowsOf(fault('kill', 'origin', times)).unexcusedMs(FRESH, interval)).toBe(unexcusedMs);
  });

  it('of a cache that takes nothing widens the bound of fresh answers, and excuses those labelled stale', () => {
    const windows = windowsOf({ ...fault('read-only', 'redis:eu-west', TIMES), slows: { invalidationMs: 1_200, fetchMs: 0, callMs: 0 } });
    const labelled = { ...FRESH, label: 'stale' } as const;
    expect([FRESH, labelled, STALE].map((path) => windows.unexcusedMs(path, interval))).toEqual([1_000, 900, 900]);
    expect([FRESH, labelled, STALE].map((path) => windows.slowedMs(path, interval))).toEqual([1_200, 0, 0]);
  });

  it('is kept apart by region and label', () => {
    const windows = windowsOf(fault('partition', 'edge:eu-west<->origin', TIMES), fault('kill', 'redis:us-east', TIMES));
    const us = { region: 'us-east', status: 'fresh' } as const;
    expect([FRESH, STALE, us].map((read) => windows.unexcusedMs(read, interval))).toEqual([1_000, 900, 900]);
  });

  it('shows what was in force or recovering meanwhile, whatever it excuses', () => {
    const during = fault('strategy', 'edge:us-east', { fromMs: 500, toMs: 900, allowanceMs: 200 });
    const before = fault('kill', 'origin', { fromMs: 100, toMs: 400, allowanceMs: 600 });
    const windows = windowsOf(during, before);
    expect(windows.during({ fromMs: 1_000, toMs: 2_000 })).toEqual([during]);
    expect(windows.during({ fromMs: 0, toMs: 500 })).toEqual([before]);
  });
});

describe('the union of windows', () => {
  it('leaves the milliseconds that are in none, counted one by one', () => {
    const window = fc.tuple(fc.nat(60), fc.nat(25)).map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 8 }), window, (windows, interval) => {
        const left = Array.from({ length: interval.toMs - interval.fromMs }, (_, at) => interval.fromMs + at).filter(
          (ms) => !windows.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs),
        );
        expect(lengthOutside(interval, unionOf(windows))).toBe(left.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a region that has two edges', () => {
  const interval = { fromMs: 0, toMs: 1_000 };
  const windowsOfTwo = (...faults: FaultRecord[]) =>
    new FaultWindows(
      historyOf({ operations: [], faults, bounds: { 'eu-west': { fetchDeadlineMs: 2_000, joinDeadlineMs: 1_000, members: 2 } } }),
    );
  const paused = (target: string, fromMs: number, toMs: number) => fault('pause', target, { fromMs, toMs });

  it.each([
    ['one of them', [paused('edge:eu-west', 100, 200)], 1_000, 900],
    ['one after the other', [paused('edge:eu-west', 100, 200), paused('edge:eu-west/2', 200, 300)], 1_000, 800],
    ['both at a time', [paused('edge:eu-west', 100, 250), paused('edge:eu-west/2', 200, 300)], 950, 800],
    ['their cache', [paused('redis:eu-west', 100, 200)], 900, 900],
    [
      'one dead while the other is paused',
      [fault('kill', 'edge:eu-west/2', { fromMs: 50, toMs: 250 }), paused('edge:eu-west', 200, 300)],
      950,
      750,
    ],
    ['both dead', [fault('kill', 'edge:eu-west/2', TIMES), fault('kill', 'edge:eu-west', TIMES)], 1_000, 900],
  ])('is stopped where both are: %s', (_title, faults, ofFresh, ofStale) => {
    const windows = windowsOfTwo(...faults);
    expect([windows.unexcusedMs(FRESH, interval), windows.unexcusedMs(STALE, interval)]).toEqual([ofFresh, ofStale]);
  });

  it('is cut off from the log where both are', () => {
    const cut = (target: string) => fault('partition', target, TIMES);
    expect(windowsOfTwo(cut('edge:eu-west/2<->kafka')).unexcusedMs(FRESH, interval)).toBe(1_000);
    expect(windowsOfTwo(cut('edge:eu-west/2<->kafka'), cut('edge:eu-west<-kafka')).unexcusedMs(FRESH, interval)).toBe(900);
  });

  it('does not know that its cache refuses where one is cut off from the log', () => {
    const slows = { invalidationMs: 1_200, fetchMs: 0, callMs: 0 };
    const refusing = { ...fault('read-only', 'redis:eu-west', { fromMs: 300, toMs: 600 }), slows };
    const cut = (target: string) => fault('partition', target, { fromMs: 100, toMs: 500 });
    const unexcused = (...faults: FaultRecord[]) => windowsOfTwo(...faults).unexcusedMs(FRESH, interval);
    expect(unexcused(refusing)).toBe(1_000);
    expect(unexcused(refusing, cut('edge:eu-west/2<->kafka'))).toBe(800);
    expect(unexcused(refusing, cut('edge:eu-west/2<->origin'))).toBe(1_000);
    expect(unexcused(refusing, cut('edge:us-east/2<->kafka'))).toBe(1_000);
    expect(unexcused({ ...fault('latency', 'redis:eu-west', TIMES), slows }, cut('edge:eu-west/2<->kafka'))).toBe(1_000);
  });
});
