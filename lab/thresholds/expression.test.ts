import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, parseExpression, patternOf } from './expression.ts';
import type { MetricType } from './metrics.ts';

const TYPES = ['counter', 'rate', 'trend'] as const;

describe('a threshold', () => {
  it.each([
    ['counter', 'count<100', 'count', '<', 100],
    ['counter', 'rate>=1.5', 'rate', '>=', 1.5],
    ['rate', 'rate>0.9', 'rate', '>', 0.9],
    ['trend', 'avg<=10', 'avg', '<=', 10],
    ['trend', 'min==0', 'min', '==', 0],
    ['trend', 'max === 1e3', 'max', '===', 1000],
    ['trend', ' med!=5 ', 'med', '!=', 5],
    ['trend', 'p(99)<210', { percentile: 99 }, '<', 210],
    ['trend', 'p(99.99) < -.5', { percentile: 99.99 }, '<', -0.5],
    ['trend', 'p(0)>0', { percentile: 0 }, '>', 0],
  ] as const)('of a %s may say %j', (type, text, aggregation, operator, limit) => {
    expect(parseExpression(text, type)).toEqual({ aggregation, operator, limit });
    expect(text).toMatch(new RegExp(patternOf(type)));
  });

  it.each([
    ['counter', 'p(99)<210', /^expected one of count, rate of a counter, got "p\(99\)"$/],
    ['rate', 'count>1', /^expected one of rate of a rate, got "count"$/],
    ['trend', 'rate>1', /^expected one of avg, min, max, med, p\(N\) of a trend, got "rate"/],
    ['trend', 'mad<1', /; did you mean (max|med)\?$/],
    ['trend', 'p(101)<1', /^expected p\(N\) with N from 0 to 100, got "p\(101\)"$/],
    ['trend', 'p()<1', /^expected p\(N\)/],
    ['trend', 'p(0x10)<1', /^expected p\(N\)/],
    ['trend', 'p99<1', /^expected one of avg/],
    ['rate', 'rate', /^expected a threshold such as rate>0\.9, with one of .*, got "rate"$/],
    ['rate', 'rate=1', /^expected a threshold such as/],
    ['rate', 'rate>', /^expected a number after >, got ""$/],
    ['rate', 'rate>>1', /^expected a number after >, got ">1"$/],
    ['rate', 'rate>1 2', /^expected a number/],
    ['rate', 'rate<Infinity', /^expected a number/],
    ['rate', 'rate<1e999', /^expected a number/],
    ['rate', '', /^expected a threshold/],
    ['rate', `rate>${'1'.repeat(200)}`, /^expected a threshold/],
  ] as const)('of a %s that says %j is refused in words', (type, text, problem) => {
    expect(parseExpression(text, type)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('of any text is parsed or refused', () => {
    const piece = fc.constantFrom('p(', ')', '99', 'rate', 'count', 'med', '<', '>', '=', '!', ' ', '.', '-', 'e5', '(', 'x');
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), fc.constantFrom<MetricType>(...TYPES), (source, type) => {
        const parsed = parseExpression(source, type);
        if ('problem' in parsed) expect(parsed.problem).toMatch(/^expected .*/);
        else expect(Number.isFinite(parsed.limit)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['==', [false, true, false]],
    ['===', [false, true, false]],
    ['!=', [true, false, true]],
  ] as const)('%s holds below, at and above its limit as said', (operator, expected) => {
    expect([1, 2, 3].map((value) => holds({ operator, limit: 2 }, value))).toEqual(expected);
  });
});
