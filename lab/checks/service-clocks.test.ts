/**
 * A time of another clock, on the run's: the moment it was is always within what is told. fast-check prints its seed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockReading } from '../history/records.ts';
import { ServiceClock } from './service-clocks.ts';
import { clockAhead } from './testing/history.ts';

const readings = (...told: Parameters<typeof clockAhead>): readonly ClockReading[] => clockAhead(...told).map(([, reading]) => reading);
const exactly = (atMs: number, nowMs: number): ClockReading => ({ fromMs: atMs, toMs: atMs, nowMs });

describe('a time of a clock that was asked', () => {
  it('is within the time an answer took, whatever the clock is off by', () => {
    for (const aheadMs of [0, 7_200_000, -86_400_000]) {
      const { fromMs, toMs, likelyMs } = new ServiceClock(readings(aheadMs)).onRunClock(5_100 + aheadMs);
      expect([fromMs, likelyMs, toMs].map((ms) => Math.round(ms))).toEqual([5_093, 5_108, 5_123]);
    }
  });

  it('is before the first reading, or after the last, and no more is known', () => {
    const clock = new ServiceClock(readings(100, { fromMs: 1_000, untilMs: 3_000 }));
    expect(clock.onRunClock(600)).toMatchObject({ fromMs: Number.NEGATIVE_INFINITY, toMs: 1_016 });
    expect(clock.onRunClock(9_000)).toMatchObject({ fromMs: 2_500, toMs: Number.POSITIVE_INFINITY });
  });

  it('is anywhere when it was never asked', () => {
    expect(new ServiceClock([]).onRunClock(5)).toEqual({ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY, likelyMs: 5 });
  });

  it('is within less known bounds beside an answer that took long, and as likely when it was', () => {
    const slow = { fromMs: 5_030, toMs: 9_000, nowMs: 6_000 };
    const { fromMs, toMs, likelyMs } = new ServiceClock([...readings(0, { untilMs: 5_001 }), slow]).onRunClock(5_100);
    expect([fromMs, likelyMs, toMs].map((ms) => Math.round(ms - 5_100))).toEqual([-600, 8, 3_047]);
  });

  it('is within what is told of a clock that ran off, and was set back by little right before it was asked', () => {
    // From 7.2 s on it gains 10 ms a second; at 8.95 s it is set back by 12 ms.
    const clock = new ServiceClock([...readings(0, { untilMs: 7_001 }), exactly(8_000, 8_008), exactly(9_000, 9_006)]);
    const { fromMs, toMs } = clock.onRunClock(8_949 + 17);
    expect([fromMs <= 8_949, toMs >= 8_949]).toEqual([true, true]);
  });

  it('is two moments of a clock that was set back between them', () => {
    const clock = new ServiceClock([...readings(0, { untilMs: 5_000 }), ...readings(-3_000, { fromMs: 5_000 })]);
    expect(clock.wasSetBack).toBe(true);
    const { fromMs, toMs } = clock.onRunClock(3_000);
    expect([fromMs <= 3_000, toMs >= 6_000]).toEqual([true, true]);
    expect(new ServiceClock(readings(0)).wasSetBack).toBe(false);
  });
});

interface Change {
  readonly stepMs: number;
  /** By how much it goes faster than the run's. */
  readonly rate: number;
}

/** What a clock shows, from second to second: it may be set within each, once, and goes at another rate after that. */
class OtherClock {
  readonly #parts: { readonly atMs: number; readonly shownMs: number; readonly rate: number }[];

  constructor(aheadMs: number, changes: readonly (Change & { readonly withinMs: number })[]) {
    this.#parts = [{ atMs: -10_000, shownMs: aheadMs - 10_000, rate: 0 }];
    for (const [second, { stepMs, rate, withinMs }] of changes.entries()) {
      const atMs = second * 1_000 + withinMs;
      this.#parts.push({ atMs, shownMs: this.exact(atMs) + stepMs, rate });
    }
  }

  exact(ms: number): number {
    const part = this.#parts.findLast(({ atMs }) => atMs <= ms) ?? { atMs: 0, shownMs: 0, rate: 0 };
    return part.shownMs + (ms - part.atMs) * (1 + part.rate);
  }

  /** Asked at each second. */
  readings(tookMs: readonly number[]): readonly ClockReading[] {
    return tookMs.map((took, at) => ({
      fromMs: at * 1_000,
      toMs: at * 1_000 + took,
      nowMs: Math.floor(this.exact(at * 1_000 + took / 2)),
    }));
  }
}

const SECONDS = 12;
const never = fc.constant(0);
const step = fc.oneof({ weight: 8, arbitrary: never }, { weight: 1, arbitrary: fc.integer({ min: -7_200_000, max: 7_200_000 }) });
const change = (steps: fc.Arbitrary<number>) =>
  fc.record({ stepMs: steps, rate: fc.double({ min: -0.01, max: 0.01, noNaN: true }), withinMs: fc.integer({ min: 200, max: 999 }) });
const clockWith = (steps: fc.Arbitrary<number>) =>
  fc.record({
    aheadMs: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    changes: fc.array(change(steps), { minLength: SECONDS, maxLength: SECONDS }),
    tookMs: fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 180 })), {
      minLength: SECONDS,
      maxLength: SECONDS,
    }),
  });

describe('the moment that a clock showed a time', () => {
  it.each([
    ['is within what is told, of clocks that drift', clockWith(never), 14_000],
    ['is within what is told until the last reading, of clocks that are set, too', clockWith(step), 11_000],
  ])('%s', (_title, arbitrary, untilMs) => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: -5_000, max: untilMs }), ({ aheadMs, changes, tookMs }, moment) => {
        const other = new OtherClock(aheadMs, changes);
        const told = new ServiceClock(other.readings(tookMs)).onRunClock(Math.floor(other.exact(moment)));
        expect([told.fromMs <= moment, told.toMs >= moment, told.fromMs <= told.likelyMs, told.likelyMs <= told.toMs]).toEqual([
          true,
          true,
          true,
          true,
        ]);
      }),
      { numRuns: 4_000 },
    );
  });

  it('is known to a few hundredths of a second, of clocks that drift', () => {
    fc.assert(
      fc.property(clockWith(never), fc.integer({ min: 1_000, max: 10_000 }), ({ aheadMs, changes, tookMs }, moment) => {
        const other = new OtherClock(aheadMs, changes);
        const quick = tookMs.map((took) => Math.min(20, took));
        const { fromMs, toMs } = new ServiceClock(other.readings(quick)).onRunClock(Math.floor(other.exact(moment)));
        expect(toMs - fromMs).toBeLessThan(80);
      }),
    );
  });
});
