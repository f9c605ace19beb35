import { describe, expect, it } from 'vitest';
import { clockAhead, edgeSample, fault, headOf, historyOf, purge, read, type Written, write } from '../checks/testing/history.ts';
import type { History } from '../history/history.ts';
import { conclude } from '../run/summary.ts';
import { evaluateThresholds, type ThresholdResult } from './evaluate.ts';
import { METRIC_NAMES } from './metrics.ts';
import { toThresholds } from './threshold.ts';

/** A run of 20 s whose fault phase is from 1 s to 11 s. */
function runOf(written: Written): History {
  const history = historyOf(written);
  history.begin(headOf({ checks: ['divergence'] }));
  history.add('phase', { phase: 'warmup', atMs: 0 });
  history.add('phase', { phase: 'fault', atMs: 1_000 });
  history.add('phase', { phase: 'final', atMs: 11_000 });
  history.finish(20_000);
  return history;
}

function judge(history: History, selector: string, text: string): ThresholdResult {
  const [result] = evaluateThresholds(history, toThresholds({ [selector]: [text] }));
  if (result === undefined) throw new TypeError('expected a result');
  return result;
}

const since = '2026-01-01T00:00:09.000Z';
const HISTORY = runOf({
  operations: [
    read(1, 100, { phase: 'warmup', source: 'origin' }),
    write(2, 1_000),
    read(1, 1_400),
    read(2, 1_500, { status: 'stale' }),
    read(2, 1_600, { dueMs: 1_502 }),
    read(0, 1_700, { region: 'us-east', outcome: 'fail' }),
    purge(5_000, { dueMs: 4_000 }),
  ],
  faults: [fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_100, toMs: 1_200 })],
  published: [{ event: 'a', target: 'content:7', version: 2, sentMs: 1_010 }],
  applied: [
    { event: 'a', region: 'eu-west', target: 'content:7', version: 2, mode: 'hard', appliedMs: 1_310 },
    { event: 'unknown', region: 'eu-west', target: 'content:7', version: 3, mode: 'hard', appliedMs: 1_320 },
  ],
  edgeSamples: [
    edgeSample(1_000, { originFetches: 10, refused: 1 }),
    edgeSample(2_000, { originFetches: 14, refused: 3 }),
    edgeSample(12_000, { originFetches: 5, refused: 0, since }),
  ],
});

describe('a metric of a history', () => {
  it.each([
    ['edge_reads', 'count==5', 5, 5],
    ['edge_reads', 'rate==0.25', 0.25, 5],
    ['edge_reads{phase:fault}', 'rate==0.4', 0.4, 4],
    ['edge_reads{region:us-east}', 'count==1', 1, 1],
    ['origin_fetches', 'count==9', 9, 2],
    ['origin_fetches{phase:fault}', 'count==4', 4, 1],
    ['fills_refused{region:eu-west}', 'count==2', 2, 2],
    ['edge_hit_ratio', 'rate==0.8', 0.8, 5],
    ['edge_hit_ratio{region:eu-west,phase:fault}', 'rate==1', 1, 3],
    ['edge_stale_ratio', 'rate==0.2', 0.2, 5],
    ['edge_error_ratio{phase:fault}', 'rate==0.25', 0.25, 4],
    ['edge_read_duration', 'max==100', 100, 5],
    ['edge_read_duration', 'min==2', 2, 5],
    ['edge_read_duration{phase:warmup}', 'med==2', 2, 1],
    ['origin_write_duration', 'max==1005', 1005, 2],
    ['origin_write_duration', 'avg==505', 505, 2],
    ['invalidation_lag', 'p(99)==300', 300, 1],
    ['staleness_raw', 'max==400', 400, 3],
    ['staleness', 'max==300', 300, 3],
    ['convergence{region:eu-west}', 'max==500', 500, 1],
  ])('%s %s', (selector, text, value, samples) => {
    expect(judge(HISTORY, selector, text)).toEqual({ metric: selector, threshold: text, ok: true, value, samples });
  });

  it('staleness_fresh is of what was called fresh alone', () => {
    const operations = [write(2, 1_000), read(1, 1_400), read(1, 1_900, { status: 'stale' })];
    const one = judge(runOf({ operations }), 'staleness_fresh', 'max==400');
    expect(one).toMatchObject({ ok: true, value: 400, samples: 1 });
    expect(judge(runOf({ operations }), 'staleness_raw', 'max==900')).toMatchObject({ ok: true, samples: 2 });
  });

  it.each(METRIC_NAMES)('%s has no value where nothing was measured, and then no threshold holds', (metric) => {
    const empty = runOf({ operations: [] });
    for (const text of ['max<1', 'rate<1', 'rate!=7']) {
      const isTrend = text.startsWith('max');
      const type = [
        'edge_read_duration',
        'origin_write_duration',
        'invalidation_lag',
        'staleness',
        'staleness_raw',
        'staleness_fresh',
        'convergence',
      ];
      if (type.includes(metric) === isTrend) expect(judge(empty, metric, text)).toMatchObject({ ok: false, value: null, samples: 0 });
    }
  });
});

describe('the end of a run', () => {
  const held: ThresholdResult = { metric: 'm', threshold: 't', ok: true, value: 1, samples: 1 };
  const crossed: ThresholdResult = { ...held, ok: false };
  const empty: ThresholdResult = { ...crossed, value: null, samples: 0 };
  const resultOf = (verdict: 'pass' | 'fail' | 'unknown') => ({ check: 'c', verdict, reason: '', anomalies: [] });

  it.each([
    ['pass', [held], 'pass', 0],
    ['pass', [held, empty], 'unknown', 2],
    ['pass', [held, crossed], 'fail', 99],
    ['unknown', [crossed, empty], 'fail', 99],
    ['unknown', [held], 'unknown', 2],
    ['fail', [crossed], 'fail', 1],
    ['fail', [empty], 'fail', 1],
  ] as const)('with checks that %s and thresholds %j is %s, %i', (ofChecks, thresholds, verdict, exitCode) => {
    expect(conclude({ results: [resultOf(ofChecks)], thresholds })).toMatchObject({ verdict, exitCode });
  });

  it('names what was not measured', () => {
    expect(conclude({ results: [resultOf('pass')], thresholds: [empty] }).results.at(-1)).toMatchObject({
      check: 'thresholds',
      verdict: 'unknown',
      reason: 'there are no samples of m t',
    });
  });

  it('keeps to what ended the load, though later samples were better', () => {
    const history = runOf({ operations: [read(1, 100)] });
    history.add('abort', { metric: 'edge_read_duration', threshold: 'max<50', value: 90, samples: 7, atMs: 5_000 });
    expect(judge(history, 'edge_read_duration', 'max<50')).toMatchObject({ ok: false, value: 90, samples: 7 });
    expect(judge(history, 'edge_read_duration', 'max<60')).toMatchObject({ ok: true, value: 2 });
  });
});

/** Ten reads of 100 ms in the fault phase, the last of 900 ms. */
const SLOW: Written = {
  operations: Array.from({ length: 10 }, (_, at) => read(1, 2_000 + at * 1_000, { endMs: 2_000 + at * 1_000 + (at < 9 ? 100 : 900) })),
};
const LAST = 'edge_read_duration{phase:fault}';

describe('a threshold that is crossed', () => {
  it.each([
    [
      'is in doubt when the machine stood still meanwhile',
      [[10_950, 700]],
      /^while the machine stood still for 0\.70 s of the 10\.0 s; without that time the value is 100$/,
    ],
    ['is not when it stood still at another time', [[5_000, 700]], undefined],
    ['is not when it did for less than explains it', [[10_950, 50]], undefined],
    [
      'is in doubt, whatever it is of, when it stood still for half of the time',
      [[1_500, 5_100]],
      /^while the machine stood still for 5\.1 s of the 10\.0 s$/,
    ],
  ] as const)('%s', (_title, stalls, doubt) => {
    const history = runOf({ ...SLOW, operations: SLOW.operations.map((one) => ({ ...one })), stalls });
    const result = judge(history, LAST, 'p(99)<500');
    expect([result.ok, result.doubt]).toEqual([false, doubt === undefined ? undefined : expect.stringMatching(doubt)]);
    const concluded = conclude({ results: [{ check: 'divergence', verdict: 'pass', reason: '', anomalies: [] }], thresholds: [result] });
    expect([concluded.verdict, concluded.exitCode]).toEqual(doubt === undefined ? ['fail', 99] : ['unknown', 2]);
    if (doubt !== undefined) expect(concluded.results.at(-1)?.reason).toMatch(/p\(99\)<500 was crossed while the machine stood still/);
  });

  it('is in doubt about reads that failed while the machine stood still, not about others', () => {
    const operations = Array.from({ length: 100 }, (_, at) =>
      read(1, 2_000 + at * 10, at % 10 === 0 ? { outcome: 'fail', endMs: 4_000 + at * 10 } : {}),
    );
    const of = (stalls: Written['stalls']) =>
      judge(runOf({ operations, ...(stalls && { stalls }) }), 'edge_error_ratio', 'rate<0.05').doubt;
    expect(of([[500, 1_700]])).toMatch(/without that time the value is 0$/);
    expect(of([[8_000, 1_500]])).toBeUndefined();
  });

  it('is in doubt about a share that is too low while the machine stood still: an answer was fresh, because the word of a change was late', () => {
    const operations = Array.from({ length: 100 }, (_, at) => read(1, 2_000 + at * 10, { status: at < 50 ? 'fresh' : 'stale' }));
    const of = (text: string, stalls: Written['stalls']) =>
      judge(runOf({ operations: operations.map((one) => ({ ...one })), ...(stalls && { stalls }) }), 'edge_stale_ratio', text).doubt;
    expect(of('rate>0.9', [[500, 1_700]])).toMatch(/without that time the value is 1$/);
    expect(of('rate>0.9', [[8_000, 1_500]])).toBeUndefined();
    expect(of('rate<0.1', [[500, 1_700]])).toMatch(/without that time the value is 0$/);
  });

  it('is in doubt about a figure that must be one value, where that value lies between what it is at worst and at best', () => {
    const operations = Array.from({ length: 100 }, (_, at) => read(1, 2_000 + at * 10, { status: at % 2 === 0 ? 'fresh' : 'stale' }));
    const of = (text: string, stalls: Written['stalls']) =>
      judge(runOf({ operations: operations.map((one) => ({ ...one })), ...(stalls && { stalls }) }), 'edge_stale_ratio', text).doubt;
    expect(of('rate==0.4', [[500, 1_700]])).toMatch(/while the machine stood still/);
    expect(of('rate!=0.5', [[500, 1_700]])).toMatch(/while the machine stood still/);
    expect(of('rate==0.4', [[8_000, 1_500]])).toBeUndefined();
  });

  it('is not in doubt about a time that is too short: standing still makes a time longer', () => {
    const history = runOf({ ...SLOW, operations: SLOW.operations.map((one) => ({ ...one })), stalls: [[10_950, 700]] });
    expect(judge(history, LAST, 'p(99)>2000')).toMatchObject({ ok: false, value: 900 });
    expect(judge(history, LAST, 'p(99)>2000').doubt).toBeUndefined();
    expect(judge(history, LAST, 'p(99)==500').doubt).toMatch(/without that time the value is 100 to 900$/);
  });
});

describe('how long an invalidation took', () => {
  const lagOf = (written: Partial<Written>, text = 'p(99)<500') =>
    judge(
      runOf({
        operations: [],
        published: [{ event: 'a', target: 'content:7', version: 2, sentMs: 3_000 }],
        applied: [{ event: 'a', region: 'eu-west', target: 'content:7', version: 2, mode: 'hard', appliedMs: 10_300 }],
        ...written,
      }),
      'invalidation_lag',
      text,
    );
  const askedOrigin = (aheadMs: number) => clockAhead(aheadMs).map(([, clock]) => ({ atMs: clock.toMs, pending: 0, clock }));

  it('is told by two clocks, corrected by what they said when they were asked', () => {
    // The edge's clock is 7 s ahead: it took 300 ms.
    const { ok, value } = lagOf({ originSamples: askedOrigin(0), readings: clockAhead(7_000) });
    expect([ok, Math.round(value ?? 0)]).toEqual([true, 300]);
    expect(lagOf({ originSamples: askedOrigin(-7_000), readings: clockAhead(0) }).ok).toBe(true);
  });

  it('is crossed when it was long by any clock', () => {
    const result = lagOf({ originSamples: askedOrigin(0), readings: clockAhead(0) });
    expect([result.ok, result.doubt]).toEqual([false, undefined]);
  });

  it('is in doubt when nobody asked the clocks', () => {
    expect(lagOf({})).toMatchObject({ ok: false, value: 7_300, doubt: 'by clocks that may differ; at best the value is 0' });
    expect(lagOf({}, 'p(99)>8000')).toMatchObject({ ok: false, value: 7_300, doubt: expect.stringMatching(/^by clocks that may differ/) });
  });
});
