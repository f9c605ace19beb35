import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sink } from './sink.ts';

/** Three figures, rounded up to the end of their bucket, and a microsecond. */
function isNear(value: number, exact: number): boolean {
  return Math.abs(value - exact) <= exact / 1000 + 0.001;
}

describe('a sink', () => {
  it('answers the percentiles of times as sorting them all would, to a thousandth', () => {
    const times = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const sink = new Sink();
        for (const value of values) sink.add(value);
        const sorted = values.toSorted((one, other) => one - other);
        // The library rounds the rank where others round it up.
        const rank = Math.max(1, Math.floor((values.length * percent) / 100 + 0.5));
        const exact = sorted[rank - 1] ?? Number.NaN;
        const value = sink.value({ percentile: percent }, undefined) ?? Number.NaN;
        expect(isNear(value, exact), `${value} for ${exact}`).toBe(true);
        expect(sink.value('max', undefined)).toBe(sorted.at(-1));
        expect(sink.value('min', undefined)).toBe(sorted[0]);
      }),
    );
  });

  it('holds a time of nothing as nothing', () => {
    const sink = new Sink();
    sink.add(0);
    expect([sink.value('med', undefined), sink.value({ percentile: 99 }, undefined), sink.value({ percentile: 0 }, undefined)]).toEqual([
      0, 0, 0,
    ]);
  });

  it('has no value before its first sample, and no rate over no time', () => {
    const sink = new Sink();
    expect(sink.value('avg', undefined)).toBeNull();
    sink.add(1);
    expect(sink.value('rate', 0)).toBeNull();
  });
});
