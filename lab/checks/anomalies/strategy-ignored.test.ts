import { describe, expect, it } from 'vitest';
import type { Operation } from '../../history/records.ts';
import { ownEdge } from '../../system/edges/own.ts';
import { judgeBy } from '../pass.ts';
import { BOUND_MS, fault, historyOf, KEY, purge, REGIONS, read, type Written, write } from '../testing/history.ts';
import { strategyIgnored } from './strategy-ignored.ts';

const CONTEXT = { regions: REGIONS, staleness: 'adjusted' } as const;

const judge = (written: Written) => judgeBy(strategyIgnored, historyOf(written), CONTEXT);
const changes = (...of: readonly (readonly [atMs: number, strategy: 'eager' | 'lazy'])[]) => ({
  strategies: of.map(([atMs, strategy]) => ({ region: 'eu-west', atMs, strategy })),
});

const EAGER = changes([0, 'eager']);
const LAZY = changes([0, 'lazy']);

const stale = (version: number, startMs: number) => read(version, startMs, { status: 'stale' });
const WRITTEN = [write(2, 500), write(3, 1_000)];
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_001, toMs: 9_000 });

describe('in an eager region', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['a stale answer within the bound passes', { ...EAGER, operations: [...WRITTEN, stale(2, 1_000 + BOUND_MS)] }, 'pass'],
    ['a stale answer after the bound fails', { ...EAGER, operations: [...WRITTEN, stale(2, 1_001 + BOUND_MS)] }, 'fail'],
    [
      'a stale answer of the last version passes: it was purged, softly',
      { ...EAGER, operations: [...WRITTEN, read(2, 9_000), stale(3, 9_100)] },
      'pass',
    ],
    ['a fault on the way excuses it', { ...EAGER, operations: [...WRITTEN, stale(2, 8_000)], faults: [CUT] }, 'pass'],
    ['a lazy region may answer so', { ...LAZY, operations: [...WRITTEN, stale(2, 8_000)] }, 'pass'],
    [
      'what was applied eagerly does not come back under another strategy',
      { ...changes([0, 'eager'], [3_000, 'lazy']), operations: [...WRITTEN, stale(2, 8_000)] },
      'fail',
    ],
    [
      'what may have been applied under either strategy is not judged',
      { ...changes([0, 'eager'], [1_100, 'lazy']), operations: [...WRITTEN, stale(2, 8_000)] },
      'pass',
    ],
    [
      'what became known by a read alone may have been applied long before, under the strategy of then',
      {
        ...changes([0, 'lazy'], [3_000, 'eager']),
        operations: [
          write(2, 500),
          write(3, 1_000, { outcome: 'unknown', version: undefined }),
          read(3, 4_000, { region: 'us-east', writer: 1 }),
          stale(2, 9_000),
        ],
      },
      'pass',
    ],
    [
      'a machine that stood still proves nothing',
      { ...EAGER, operations: [...WRITTEN, stale(2, 1_001 + BOUND_MS)], stalls: [[1_100, 151]] },
      'unknown',
    ],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });
});

/** From the cache, an update, and the first read after it. */
function round(fromMs: number, version: number, first: Operation): Operation[] {
  return [read(version, fromMs), write(version + 1, fromMs + 100), first];
}

const AFTER_MS = 1_000;
const fetched = (fromMs: number, version: number) => round(fromMs, version, read(version + 1, fromMs + AFTER_MS, { source: 'origin' }));
const servedStale = (fromMs: number, version: number) => round(fromMs, version, stale(version, fromMs + AFTER_MS));
/** Each begins long after the one before: what that leaves behind is over. */
const ROUNDS_MS = [1_000, 10_000, 20_000] as const;
const ALL_FETCHED = ROUNDS_MS.flatMap((fromMs, at) => fetched(fromMs, 1 + 2 * at));

describe('in a lazy region', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    [
      'first reads that are stale pass',
      { ...LAZY, operations: ROUNDS_MS.flatMap((fromMs, at) => servedStale(fromMs, 1 + 2 * at)) },
      'pass',
    ],
    ['three first reads that the origin answered fail', { ...LAZY, operations: ALL_FETCHED }, 'fail'],
    ['an eager region must fetch', { ...EAGER, operations: ALL_FETCHED }, 'pass'],
    ['two are too few', { ...LAZY, operations: [...fetched(1_000, 1), ...fetched(10_000, 3)] }, 'pass'],
    [
      'a few of many may have been evicted',
      { ...LAZY, operations: [...fetched(1_000, 1), ...[10_000, 20_000, 30_000].flatMap((fromMs, at) => servedStale(fromMs, 3 + 2 * at))] },
      'pass',
    ],
    [
      'a hard purge in between explains it',
      { ...LAZY, operations: [...ALL_FETCHED, ...ROUNDS_MS.map((fromMs) => purge(fromMs + 200))] },
      'unknown',
    ],
    [
      'so does one long before: the log may bring it again',
      { ...LAZY, operations: [purge(0, { type: 'pattern', target: 'content:*' }), ...ALL_FETCHED] },
      'unknown',
    ],
    [
      'one of another key does not',
      { ...LAZY, operations: [purge(0, { target: 'content:99' }), purge(0, { type: 'pattern', target: 'other:*' }), ...ALL_FETCHED] },
      'fail',
    ],
    [
      'more patterns than a cache remembers may have become a purge of all',
      {
        ...LAZY,
        operations: [...Array.from({ length: 257 }, (_, at) => purge(0, { type: 'pattern', target: `other:${at}` })), ...ALL_FETCHED],
      },
      'unknown',
    ],
    [
      'a cache that remembers few invalidations may drop what it has',
      { ...LAZY, operations: ALL_FETCHED, bounds: { 'eu-west': { ...ownEdge.bounds, marksMax: 2 } } },
      'unknown',
    ],
    [
      'a soft one does not',
      { ...LAZY, operations: [...ALL_FETCHED, ...ROUNDS_MS.map((fromMs) => purge(fromMs + 200, { mode: 'soft' }))] },
      'fail',
    ],
    [
      'a cache that was emptied explains it',
      { ...LAZY, operations: ALL_FETCHED, faults: [fault('flush', 'redis:eu-west', { fromMs: 0, toMs: 30_000 })] },
      'unknown',
    ],
    [
      'a deletion is hard everywhere',
      {
        ...LAZY,
        operations: ROUNDS_MS.flatMap((fromMs) => [
          read(1, fromMs),
          write(2, fromMs + 100, { kind: 'delete' }),
          read(2, fromMs + AFTER_MS, { source: 'origin', found: false }),
        ]),
      },
      'unknown',
    ],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the first one: what the cache held, the update, and the answer of the origin', () => {
    const { anomalies } = judge({ ...LAZY, operations: ALL_FETCHED });
    expect(anomalies).toMatchObject([
      {
        anomaly: 'strategy-ignored',
        subKind: 'deleted',
        region: 'eu-west',
        key: KEY,
        version: 2,
        explain:
          'expected version 1 labelled stale from the cache in eu-west, which is lazy, got version 2 labelled fresh from the origin: 3 of 3 first reads after an update were answered by the origin',
      },
    ]);
    expect(anomalies[0]?.witness).toHaveLength(3);
  });
});
