import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { BOUND_MS, DELAY_MS, fault, historyOf, KEY, REGIONS, read, type Written, write } from '../testing/history.ts';
import { staleAfterBound } from './stale-after-bound.ts';

const CONTEXT = { regions: REGIONS, staleness: 'adjusted' } as const;

function judge(written: Written) {
  return judgeBy(staleAfterBound, historyOf(written), CONTEXT);
}

const WRITTEN = write(2, 1_000);
/** One millisecond above the bound, and at it. */
const ABOVE = read(1, 1_001 + BOUND_MS);
const AT_BOUND = read(1, 1_000 + BOUND_MS);
/** Old, it would be above its bound: a history without such a read shows nothing. */
const TELLING = read(2, 20_000);
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_200, toMs: 1_201 });
const LONG = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_200, toMs: 9_000 });
/** Between the first answer labelled stale and the end of what it asked for. */
const BROKEN = fault('partition', 'edge:eu-west<->origin', { fromMs: 9_500, toMs: 10_000 });
const SLOW_STEADY = [write(2, 100), read(1, 100 + DELAY_MS + 1_001, { phase: 'steady' })];

describe('stale-after-bound', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['fails on a read above its bound', { operations: [WRITTEN, ABOVE] }, 'fail'],
    ['passes a read at its bound', { operations: [WRITTEN, AT_BOUND, TELLING] }, 'pass'],
    ['is unknown when every read is within it', { operations: [WRITTEN, AT_BOUND] }, 'unknown'],
    ['passes the current version however old it is', { operations: [WRITTEN, read(2, 90_000)] }, 'pass'],
    ['fails on a final read above its bound', { operations: [WRITTEN, { ...ABOVE, phase: 'final', final: true }] }, 'fail'],
    ['fails on a 404 after a creation', { operations: [write(1, 1_000, { kind: 'create' }), read(0, 9_000, { found: false })] }, 'fail'],
    ['fails on content after its deletion', { operations: [write(2, 1_000, { kind: 'delete' }), read(1, 9_000)] }, 'fail'],
    ['passes the 404 of a deletion', { operations: [write(2, 1_000, { kind: 'delete' }), read(2, 9_000, { found: false })] }, 'pass'],
    ['passes what a fault on the path excuses', { operations: [WRITTEN, ABOVE, TELLING], faults: [CUT] }, 'pass'],
    ['is unknown when faults excuse whatever was answered', { operations: [WRITTEN, ABOVE, read(2, 2_000)], faults: [LONG] }, 'unknown'],
    [
      'is unknown, too, when it could have been seen only of what was written before the load',
      { operations: [write(2, 500, { phase: 'steady' }), write(3, 1_250), read(3, 2_000)], faults: [LONG] },
      'unknown',
    ],
    ['fails on what a fault elsewhere does not', { operations: [WRITTEN, { ...ABOVE, region: 'us-east' }], faults: [CUT] }, 'fail'],
    ['passes a lazy region read late', { operations: [WRITTEN, read(1, 9_000, { status: 'stale' }), read(2, 9_100)] }, 'pass'],
    [
      'fails on a version still labelled stale when its revalidation must be over',
      { operations: [WRITTEN, read(1, 9_000, { status: 'stale' }), read(1, 11_153, { status: 'stale' })] },
      'fail',
    ],
    ['passes it until then', { operations: [WRITTEN, read(1, 9_000, { status: 'stale' }), read(1, 11_152, { status: 'stale' })] }, 'pass'],
    [
      'is not measured from a label whose revalidation a fault may have broken',
      { operations: [WRITTEN, read(1, 9_000, { status: 'stale' }), read(1, 12_000, { status: 'stale' })], faults: [BROKEN] },
      'pass',
    ],
    [
      'but from the next one, whose revalidation it did not touch',
      {
        operations: [WRITTEN, ...[9_000, 12_000, 14_153].map((startMs) => read(1, startMs, { status: 'stale' }))],
        faults: [BROKEN],
      },
      'fail',
    ],
    ['is unknown without an operation', { operations: [] }, 'unknown'],
    ['is unknown without a read', { operations: [WRITTEN] }, 'unknown'],
    ['is unknown without an answered read', { operations: [WRITTEN, { ...ABOVE, outcome: 'fail' }] }, 'unknown'],
    ['is unknown without a write', { operations: [read(1, 1_000), read(1, 9_000)] }, 'unknown'],
    ['is unknown when every read came before the writes', { operations: [read(1, 10), WRITTEN] }, 'unknown'],
    ['is unknown when only other keys were written', { operations: [WRITTEN, read(1, 9_000, { key: 'content:8' })] }, 'unknown'],
    ['is judged by versions that only reads have shown', { operations: [read(1, 10), read(2, 1_000), read(2, 2_000)] }, 'pass'],
    ['is unknown when epsilon is above 1 s', { operations: [...SLOW_STEADY, read(1, 90_000)] }, 'unknown'],
    ['is unknown when the machine stood still before the read', { operations: [WRITTEN, ABOVE], stalls: [[1_100, 151]] }, 'unknown'],
    ['is unknown when it stood still from before the supersession', { operations: [WRITTEN, ABOVE], stalls: [[500, 501]] }, 'unknown'],
    ['is not excused by a stall of no more than epsilon', { operations: [WRITTEN, ABOVE], stalls: [[1_100, 150]] }, 'fail'],
    [
      'is unknown when several stalls make up what it is above',
      {
        operations: [WRITTEN, ABOVE],
        stalls: [
          [1_100, 80],
          [1_200, 80],
        ],
      },
      'unknown',
    ],
    [
      'is not excused by several stalls that do not',
      {
        operations: [WRITTEN, { ...ABOVE, startMs: ABOVE.startMs + 320, endMs: ABOVE.startMs + 322 }],
        stalls: [
          [1_100, 80],
          [1_200, 80],
        ],
      },
      'fail',
    ],
    [
      'is unknown when one stall, taken twice, explains it',
      { operations: [WRITTEN, read(1, 1_400 + BOUND_MS)], stalls: [[1_100, 200]] },
      'unknown',
    ],
    ['is not excused by one that explains less', { operations: [WRITTEN, read(1, 1_401 + BOUND_MS)], stalls: [[1_100, 200]] }, 'fail'],
    ['is not excused by a stall before', { operations: [WRITTEN, ABOVE], stalls: [[500, 500]] }, 'fail'],
    ['is not excused by a stall after', { operations: [WRITTEN, ABOVE], stalls: [[1_001 + BOUND_MS, 500]] }, 'fail'],
    ['stays a pass whatever stood still', { operations: [WRITTEN, AT_BOUND, TELLING], stalls: [[1_100, 500]] }, 'pass'],
    [
      'fails on one read though the machine stood still before another',
      { operations: [WRITTEN, { ...ABOVE, startMs: 9_000, region: 'us-east' }, ABOVE], stalls: [[2_000, 500]] },
      'fail',
    ],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('subtracts nothing under the strict rule', () => {
    const history = historyOf({ operations: [WRITTEN, ABOVE], faults: [CUT] });
    expect(judgeBy(staleAfterBound, history, { ...CONTEXT, staleness: 'strict' }).verdict).toBe('fail');
  });

  it('shows the write, the worst read and the faults then, with one sentence', () => {
    const reads = [read(1, 4_000), read(1, 9_000), read(1, 5_000)];
    const result = judge({ operations: [WRITTEN, ...reads], faults: [CUT, fault('kill', 'origin', { fromMs: 1, toMs: 2 })] });
    expect(result.reason).toBe('3 of 3 reads above their bound, epsilon 150 ms');
    expect(result.anomalies).toEqual([
      {
        anomaly: 'stale-after-bound',
        region: 'eu-west',
        key: KEY,
        version: 1,
        explain:
          'expected version 2 or later in eu-west, got version 1 labelled fresh from the cache: superseded 8000 ms before the read (7999 ms outside faults), where a delay of 300 ms and an epsilon of 150 ms are allowed; faults in that time: partition edge:eu-west<->kafka',
        witness: [{ ...WRITTEN, id: 0 }, { ...read(1, 9_000), id: 2 }, CUT],
      },
    ]);
  });

  it('shows one anomaly for each version of a key in a region', () => {
    const other = { key: 'content:8' };
    const operations = [
      ...[write(2, 1_000), write(3, 2_000), write(2, 1_000, other)],
      ...[read(1, 8_000), read(1, 9_000), read(2, 9_000), read(1, 9_000, other), read(1, 9_000, { region: 'us-east' })],
    ];
    const shown = judge({ operations }).anomalies.map(({ region, key, witness }) => [region, key, witness.length]);
    expect(shown).toEqual([
      ['eu-west', KEY, 2],
      ['eu-west', KEY, 2],
      ['eu-west', 'content:8', 2],
      ['us-east', KEY, 2],
    ]);
  });

  it('shows the read of the largest excess, be it not the last', () => {
    const delays = [{ region: 'eu-west', atMs: 4_500, delayMs: 2_500 }];
    const faults = [fault('partition', 'edge:eu-west<->kafka', { fromMs: 4_050, toMs: 4_950 })];
    const [anomaly] = judge({ operations: [WRITTEN, read(1, 4_000), read(1, 5_000)], delays, faults }).anomalies;
    expect(anomaly?.witness[1]).toEqual({ ...read(1, 4_000), id: 1 });
  });

  it('shows nothing but the reason when there is nothing to judge', () => {
    expect(judge({ operations: [WRITTEN] })).toMatchObject({
      reason: 'nothing to judge: 0 of 0 answered reads began after a change of their key (1 acknowledged writes)',
      anomalies: [],
    });
  });

  it('says that the machine is too slow, and accuses nobody', () => {
    expect(judge({ operations: [...SLOW_STEADY, read(1, 90_000)] })).toMatchObject({
      reason:
        'the machine is too slow to judge by time, or the system is late without any fault: before anything was broken, reads exceeded their delay by 1001 ms, above 1000 ms',
      anomalies: [],
    });
  });

  it('says that the machine stood still', () => {
    expect(judge({ operations: [WRITTEN, ABOVE], stalls: [[1_100, 151]] })).toMatchObject({
      reason: '1 of 1 reads above their bound, epsilon 150 ms, while the machine stood still for 0.15 s of the 0.45 s',
      anomalies: [],
    });
  });

  it('judges 50,000 operations on one key, all of them above their bound', () => {
    const operations: Operation[] = [];
    for (let at = 1; at <= 10_000; at += 1) operations.push(write(at, at * 10));
    for (let at = 1; at <= 40_000; at += 1) operations.push(read(1 + (at % 9_000), 200_000 + at, at % 2 === 0 ? { phase: 'final' } : {}));
    const begunAt = performance.now();
    expect(judge({ operations }).anomalies).toHaveLength(9_000);
    expect(performance.now() - begunAt).toBeLessThan(10_000);
  });
});
