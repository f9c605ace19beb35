import { describe, expect, it } from 'vitest';
import { isStaleByClock } from './stale-by-clock.ts';
import { clockAhead, historyOf, type Written } from './testing/history.ts';

const REGION = 'eu-west';
const LEASED = { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000, leaseMs: 10_000, skewMs: 500 };
const WITHOUT = { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000 };

/** The origin's clock, read each second. */
function originAhead(aheadMs: number): NonNullable<Written['originSamples']> {
  return Array.from({ length: 20 }, (_, second) => second * 1_000).map((atMs) => ({
    atMs,
    pending: 0,
    clock: { fromMs: atMs - 16, toMs: atMs, nowMs: atMs + aheadMs },
  }));
}

function isStale(written: Partial<Written>, bound: typeof LEASED | typeof WITHOUT = LEASED): boolean {
  return isStaleByClock(historyOf({ operations: [], bounds: { [REGION]: bound }, originSamples: originAhead(0), ...written }), REGION);
}

describe('whether a clock makes an edge with a lease call everything stale', () => {
  it.each<[string, Partial<Written>, boolean]>([
    ['no: all clocks are one', { readings: clockAhead(0) }, false],
    ['no: it is within the skew', { readings: clockAhead(-400) }, false],
    ['yes: it is behind the origin by more', { readings: clockAhead(-600) }, true],
    ['yes: it is ahead of the origin by more', { readings: clockAhead(600) }, true],
    ['yes: the origin is another one', { readings: clockAhead(0), originSamples: originAhead(2_000) }, true],
    ['no: both are off by the same', { readings: clockAhead(60_000), originSamples: originAhead(60_000) }, false],
    ['yes: it was set back', { readings: [...clockAhead(400, { untilMs: 4_000 }), ...clockAhead(0, { fromMs: 4_000 })] }, true],
    ['no: nobody has read its clock', {}, false],
    ['no: nobody has read that of the origin', { readings: clockAhead(60_000), originSamples: [] }, false],
  ])('%s', (_title, written, is) => {
    expect(isStale(written)).toBe(is);
  });

  it('never without a lease', () => {
    expect(isStale({ readings: clockAhead(60_000) }, WITHOUT)).toBe(false);
  });
});
