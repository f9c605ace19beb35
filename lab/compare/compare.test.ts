/** When the second of two runs is worse than the first. */
import { describe, expect, it } from 'vitest';
import type { Summary } from '../report/events.ts';
import { HOSTILE, summaryOf } from '../report/testing/report.ts';
import { compareSides } from './compare.ts';
import { comparisonLines } from './comparison-lines.ts';
import type { Side } from './side.ts';

const spread = (p99: number) => ({ min: 0, p50: 1, p95: 2, p99, max: p99 });
const side = (more: Partial<Summary> = {}, rest: Partial<Side> = {}): Side => ({ scenario: 'one', summary: summaryOf(more), ...rest });
const stale = (p99: number) => ({ staleness: { 'us-east': { samples: 9, raw: spread(p99), adjusted: null } } });
const threshold = (metric: string, text: string, value: number | null, more: Partial<Summary['thresholds'][number]> = {}) => ({
  thresholds: [{ metric, threshold: text, ok: true, value, samples: 9, ...more }],
});
const check = (verdict: 'pass' | 'fail' | 'unknown', anomalies = 0) => ({
  checks: [{ check: 'divergence', verdict, reason: '', anomalies }],
});

function worseOf(a: Side, b: Side, tolerancePercent = 50): number {
  return compareSides({ a: [a], b: [b], tolerancePercent }).worse;
}

describe('the second of two runs', () => {
  it('is not worse than itself', () => {
    expect(worseOf(side(), side(), 0)).toBe(0);
  });

  it.each<[string, Partial<Summary>, Partial<Summary>, number]>([
    ['a verdict that fell', {}, { verdict: 'fail' }, 1],
    ['a verdict of which nothing is known', {}, { verdict: 'unknown' }, 1],
    ['a verdict that rose', { verdict: 'fail' }, {}, 0],
    ['a check that fails', check('pass'), check('fail', 3), 1],
    ['a check that fails more', check('fail', 3), check('fail', 5), 1],
    ['a check that fails a little more', check('fail', 30), check('fail', 31), 0],
    ['a check that the first did not have', { checks: [] }, check('fail', 3), 0],
    ['staleness beyond the tolerance', stale(100), stale(151), 1],
    ['staleness within the tolerance', stale(100), stale(150), 0],
    ['staleness that is less', stale(151), stale(100), 0],
    ['a few milliseconds, however many percent', stale(2), stale(11), 0],
    ['ten milliseconds from nothing', stale(0), stale(10), 1],
    ['a threshold whose value rose', threshold('staleness', 'p(99)<900', 100), threshold('staleness', 'p(99)<900', 200), 1],
    ['a threshold whose value fell', threshold('staleness', 'p(99)<900', 200), threshold('staleness', 'p(99)<900', 100), 0],
    ['a share that should be high and fell', threshold('edge_hit_ratio', 'rate>0.1', 0.9), threshold('edge_hit_ratio', 'rate>0.1', 0.4), 1],
    ['a share that should be high and rose', threshold('edge_hit_ratio', 'rate>0.1', 0.4), threshold('edge_hit_ratio', 'rate>0.1', 0.9), 0],
    [
      'one error in a thousand',
      threshold('edge_error_ratio{phase:fault}', 'rate<0.1', 0),
      threshold('edge_error_ratio{phase:fault}', 'rate<0.1', 0.001),
      0,
    ],
    ['a threshold that is crossed', threshold('staleness', 'p(99)<100', 99), threshold('staleness', 'p(99)<100', 101, { ok: false }), 1],
    [
      'a threshold of which nothing was measured',
      threshold('staleness', 'p(99)<100', 9),
      threshold('staleness', 'p(99)<100', null, { ok: false }),
      1,
    ],
    ['a count that should be equal', threshold('origin_fetches', 'count==9', 9), threshold('origin_fetches', 'count==9', 90), 0],
  ])('of %s', (_, a, b, worse) => {
    expect(worseOf(side(a), side(b))).toBe(worse);
  });

  it('is not worse by how long a write was not seen, which the load makes', () => {
    expect(worseOf(side({ convergence: { 'us-east': spread(10) } }), side({ convergence: { 'us-east': spread(10_000) } }))).toBe(0);
  });

  it('is worse by how long reads took where both histories are there', () => {
    const [fast, slow] = [{ readMs: { 'us-east': spread(10) } }, { readMs: { 'us-east': spread(100) } }];
    expect(worseOf(side({}, fast), side({}, slow))).toBe(1);
    expect(worseOf(side(), side({}, slow))).toBe(0);
  });
});

describe('two folders', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((scenario) => side({}, { scenario })) as [Side, Side, Side];

  it('are compared by the names of their scenarios, and the others are named', () => {
    const { scenarios, onlyA, onlyB } = compareSides({ a: [one, two], b: [three, two], tolerancePercent: 0 });
    expect([scenarios.map(({ scenario }) => scenario), onlyA, onlyB]).toEqual([['two'], ['one'], ['three']]);
  });

  it('without a scenario in common are refused', () => {
    expect(() => compareSides({ a: [one, two], b: [three], tolerancePercent: 0 })).toThrow(
      'expected a scenario that is in both, got one, two in A and three in B',
    );
  });

  it('of one scenario each are compared whatever its name', () => {
    const { scenarios } = compareSides({ a: [one], b: [two], tolerancePercent: 0 });
    expect(scenarios.map(({ scenario }) => scenario)).toEqual(['one and two']);
  });
});

describe('in plain lines', () => {
  it('what is worse has a mark', () => {
    const comparison = compareSides({ a: [side(stale(100))], b: [side({ ...stale(200), ...check('fail', 1) })], tolerancePercent: 50 });
    const lines = comparisonLines({ a: 'A.json', b: 'B.json', ...comparison });
    expect(lines[0]).toBe('WORSE  B is worse than A in 2 places (figures by more than 50 %)');
    expect(lines).toContain('! divergence: pass -> fail (1 anomaly)');
    expect(lines.find((line) => line.startsWith('  us-east staleness '))).toMatch(/ 100 {2} +200! /);
  });

  it('no text of a run moves the cursor', () => {
    const hostile = { checks: [{ check: HOSTILE, verdict: 'fail', reason: '', anomalies: 1 } as const], ...threshold(HOSTILE, HOSTILE, 1) };
    const a = side({ ...hostile, staleness: { [HOSTILE]: { samples: 1, raw: spread(1), adjusted: null } } }, { scenario: HOSTILE });
    const lines = comparisonLines({ a: HOSTILE, b: HOSTILE, ...compareSides({ a: [a], b: [side()], tolerancePercent: 0 }) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(lines.join('')).not.toMatch(/[\x00-\x1f\ud800-\udfff\u202e]/);
  });

  it('they are bounded, however many scenarios and regions there are', () => {
    const regions = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`r${at}`, { samples: 1, raw: spread(1), adjusted: null }]));
    const many = Array.from({ length: 100 }, (_, at) => side({ staleness: regions }, { scenario: `s${at}` }));
    expect(comparisonLines({ a: '', b: '', ...compareSides({ a: many, b: many, tolerancePercent: 0 }) }).length).toBeLessThan(400);
  });
});
