import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

it('has no quantile without samples', () => {
  expect([new LatencyHistogram().quantile(0.99), new LatencyHistogram().count]).toEqual([null, 0]);
});

it('tells the nearest-rank quantiles of what it was given, to three figures', () => {
  const latencies = fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(latencies, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (ms, share) => {
      const histogram = new LatencyHistogram();
      for (const one of ms) histogram.record(one);
      const sorted = [...ms].sort((one, other) => one - other);
      // Of a rank between two the nearer one, where ours of `quantiles.ts` is the higher.
      const exact = sorted[Math.max(1, Math.floor(sorted.length * share + 0.5)) - 1] ?? 0;
      const found = histogram.quantile(share) ?? Number.NaN;
      expect(histogram.count).toBe(ms.length);
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(Math.max(0.0011, exact * 0.002));
    }),
  );
});
