import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { BOUND_MS, DELAY_MS, fault, historyOf, KEY, REGIONS, read, type Written, write } from '../testing/history.ts';
import { versionRegression } from './version-regression.ts';

const CONTEXT = { regions: REGIONS, staleness: 'adjusted' } as const;

function judge(written: Written) {
  return judgeBy(versionRegression, historyOf(written), CONTEXT);
}

const WRITTEN = write(2, 1_000);
const NEWER = read(2, 1_010);
/** Of the older version, one millisecond past its bound, and at it. */
const BACK = read(1, 1_001 + BOUND_MS);
const AT_BOUND = read(1, 1_000 + BOUND_MS);
/** The newer one, past a cache that did not answer. */
const PAST = read(2, 1_010, { source: 'origin', bypassed: true });
/** Old, it would be above its bound: a history without such a read shows nothing. */
const TELLING = read(2, 20_000);
const LONG = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_050, toMs: 9_000 });
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_200, toMs: 1_201 });
const SLOW_STEADY = [write(2, 100), read(1, 100 + DELAY_MS + 1_001, { phase: 'steady' })];

describe('version-regression', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['fails when a region goes back past the bound', { operations: [WRITTEN, NEWER, BACK] }, 'fail'],
    ['passes when it goes back within the bound', { operations: [WRITTEN, NEWER, AT_BOUND, TELLING] }, 'pass'],
    ['is unknown when every read is within it', { operations: [WRITTEN, NEWER, AT_BOUND] }, 'unknown'],
    ['passes when it only goes on', { operations: [WRITTEN, read(1, 900), NEWER, read(2, 9_000)] }, 'pass'],
    ['passes an old version that nothing newer went before', { operations: [WRITTEN, read(1, 900), BACK] }, 'pass'],
    ['fails though answers lie between', { operations: [WRITTEN, NEWER, read(1, 1_100), read(1, 1_200), BACK] }, 'fail'],
    ['fails in whatever order the reads are in the history', { operations: [WRITTEN, BACK, NEWER] }, 'fail'],
    ['fails though an earlier read has not ended', { operations: [WRITTEN, read(2, 1_005, { endMs: 9_000 }), NEWER, BACK] }, 'fail'],
    [
      'fails though others were read while the newer answer was under way',
      { operations: [WRITTEN, { ...NEWER, endMs: 1_300 }, read(1, 1_100), read(1, 1_200), BACK] },
      'fail',
    ],
    ['fails when the older answer is straight from the origin', { operations: [WRITTEN, NEWER, { ...BACK, source: 'origin' }] }, 'fail'],
    [
      'passes when the newer answer came straight from the origin',
      { operations: [WRITTEN, read(1, 900), { ...NEWER, source: 'origin' }, BACK] },
      'pass',
    ],
    ['fails within the bound, too, when the newer answer came past the cache', { operations: [WRITTEN, PAST, AT_BOUND] }, 'fail'],
    ['passes as much as was answered past the cache', { operations: [WRITTEN, PAST, read(2, 1_300)] }, 'pass'],
    [
      'passes when the edge was started again: what it remembers is gone',
      { operations: [WRITTEN, PAST, AT_BOUND], faults: [fault('restart', 'edge:eu-west', { fromMs: 1_020, toMs: 1_030 })] },
      'pass',
    ],
    [
      'fails when only its cache was: that is what the edge remembers for',
      { operations: [WRITTEN, PAST, AT_BOUND], faults: [fault('pause', 'redis:eu-west', { fromMs: 1_000, toMs: 1_030 })] },
      'fail',
    ],
    [
      'passes when the newer answer came from another region',
      { operations: [WRITTEN, read(1, 900), { ...NEWER, region: 'us-east' }, BACK] },
      'pass',
    ],
    [
      'passes when the newer answer had not ended',
      { operations: [WRITTEN, read(1, 900), { ...NEWER, endMs: 1_001 + BOUND_MS }, BACK] },
      'pass',
    ],
    [
      'passes when the newer answer is of another key',
      { operations: [WRITTEN, read(1, 900), { ...NEWER, key: 'content:8' }, BACK] },
      'pass',
    ],
    [
      'fails on content after its deletion',
      { operations: [write(2, 1_000, { kind: 'delete' }), { ...NEWER, found: false }, BACK] },
      'fail',
    ],
    ['passes what a fault on the path excuses', { operations: [WRITTEN, NEWER, BACK, TELLING], faults: [CUT] }, 'pass'],
    ['is unknown when faults excuse whatever was answered', { operations: [WRITTEN, NEWER, BACK], faults: [LONG] }, 'unknown'],
    ['passes a version that a fetch may still bring back as stale', { operations: [WRITTEN, NEWER, { ...BACK, status: 'stale' }] }, 'pass'],
    ['is unknown without an operation', { operations: [] }, 'unknown'],
    ['is unknown without a read', { operations: [WRITTEN] }, 'unknown'],
    ['is unknown without a write', { operations: [read(1, 900), read(1, 1_000)] }, 'unknown'],
    ['is unknown when no read came after another', { operations: [WRITTEN, NEWER] }, 'unknown'],
    [
      'is unknown when nothing ever came from the cache',
      { operations: [WRITTEN, { ...NEWER, source: 'origin' }, read(2, 9_000, { source: 'origin' })] },
      'unknown',
    ],
    ['is unknown when epsilon is above 1 s', { operations: [...SLOW_STEADY, read(2, 2_000), read(1, 90_000)] }, 'unknown'],
    ['is unknown when the machine stood still', { operations: [WRITTEN, NEWER, BACK], stalls: [[1_100, 151]] }, 'unknown'],
    ['is not excused by a stall of no more than epsilon', { operations: [WRITTEN, NEWER, BACK], stalls: [[1_100, 150]] }, 'fail'],
    ['stays a pass whatever stood still', { operations: [WRITTEN, NEWER, AT_BOUND, TELLING], stalls: [[1_100, 500]] }, 'pass'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('subtracts nothing under the strict rule', () => {
    const history = historyOf({ operations: [WRITTEN, NEWER, BACK], faults: [CUT] });
    expect(judgeBy(versionRegression, history, { ...CONTEXT, staleness: 'strict' }).verdict).toBe('fail');
  });

  it('shows the write and the two reads, with one sentence', () => {
    const result = judge({ operations: [WRITTEN, read(1, 900), NEWER, BACK, read(1, 9_000)] });
    expect(result.reason).toBe('2 of 3 reads went back, epsilon 150 ms');
    expect(result.anomalies).toEqual([
      {
        anomaly: 'version-regression',
        region: 'eu-west',
        key: KEY,
        version: 1,
        explain:
          'expected version 2 or later in eu-west, whose cache had answered that version 439 ms before, got version 1 labelled fresh from the cache: superseded 451 ms before the read, where a delay of 300 ms and an epsilon of 150 ms are allowed',
        witness: [
          { ...WRITTEN, id: 0 },
          { ...NEWER, id: 2 },
          { ...BACK, id: 3 },
        ],
      },
    ]);
  });

  it('names a read once that was both the newer one and what superseded the older', () => {
    const [anomaly] = judge({ operations: [read(1, 900), NEWER, read(1, 9_000)] }).anomalies;
    expect(anomaly?.witness.map((operation) => 'id' in operation && operation.id)).toEqual([1, 2]);
  });

  it('expects the newest version that was answered', () => {
    const operations = [write(3, 1_000), read(3, 1_010), read(2, 1_020), read(1, 9_000)];
    expect(judge({ operations }).anomalies[0]?.explain).toMatch(/^expected version 3 or later/);
  });

  it('judges 50,000 operations on one key, half of them going back', () => {
    const operations: Operation[] = [];
    for (let at = 1; at <= 10_000; at += 1) operations.push(write(at, at * 10));
    for (let at = 1; at <= 40_000; at += 1) operations.push(read(at % 2 === 0 ? 10_000 : at % 9_000, 200_000 + at * 3));
    const begunAt = performance.now();
    expect(judge({ operations }).verdict).toBe('fail');
    expect(performance.now() - begunAt).toBeLessThan(10_000);
  });
});
