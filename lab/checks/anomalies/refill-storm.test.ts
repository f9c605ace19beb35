import { describe, expect, it } from 'vitest';
import type { Operation } from '../../history/records.ts';
import { ownEdge } from '../../system/edges/own.ts';
import { judgeBy } from '../pass.ts';
import { edgeSample, fault, historyOf, purge, REGIONS, read, type Written, write } from '../testing/history.ts';
import { refillStorm } from './refill-storm.ts';

const judge = (written: Written) => judgeBy(refillStorm, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

/** 100 reads of one key, a write before the half of them. */
const READS: readonly Operation[] = Array.from({ length: 100 }, (_, at) => read(at < 50 ? 1 : 2, 1_000 + at * 10));
const OPERATIONS = [...READS, write(2, 1_500)];
/** One for what was before, two for the write, five beside the load. */
const ALLOWED = 8;
const samples = (fetches: number, more: Parameters<typeof edgeSample>[1] = {}) => [
  edgeSample(900, { originFetches: 10 }),
  edgeSample(3_000, { originFetches: 10 + fetches, ...more }),
];
const filled = ({ fetches, fills }: { readonly fetches: number; readonly fills: number }) => [
  edgeSample(900, { originFetches: 10, fills: 4 }),
  edgeSample(3_000, { originFetches: 10 + fetches, fills: 4 + fills }),
];
const answered = ({ fetches, failed, fills }: { readonly fetches: number; readonly failed: number; readonly fills: number }) => [
  edgeSample(900, { originFetches: 10, fetchedForCache: 10, fills: 4 }),
  edgeSample(3_000, { originFetches: 10 + fetches, fetchedForCache: 10 + fetches - failed, fills: 4 + fills }),
];
const at = (name: string, target: string) => [fault(name, target, { fromMs: 1_400, toMs: 2_400 })];

/** Three keys that were read long before, and one that is read now. */
const WARMED: readonly Operation[] = [...[2, 3, 4].map((id) => read(1, 100, { key: `content:${id}` })), read(1, 10_900)];
const WARMING = { ...ownEdge.bounds, warmKeys: 2 };
const later = (fetches: number) => [edgeSample(9_900, { originFetches: 10 }), edgeSample(12_000, { originFetches: 10 + fetches })];

describe('refill-storm', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['passes what the write explains', { operations: OPERATIONS, edgeSamples: samples(ALLOWED) }, 'pass'],
    ['fails on one fetch more', { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 1) }, 'fail'],
    [
      'does not look at an edge while it catches up: it calls nothing fresh',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 1, { caughtUp: false }) },
      'unknown',
    ],
    ['nor over a join', { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 1, { joins: 2 }) }, 'unknown'],
    [
      'fails on one fetch more of an edge that had caught up',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 1, { caughtUp: true }) },
      'fail',
    ],
    ['passes what a purge explains', { operations: [...OPERATIONS, purge(1_600)], edgeSamples: samples(ALLOWED + 2) }, 'pass'],
    [
      'passes what a purge of any tag explains',
      { operations: [...OPERATIONS, purge(1_600, { type: 'tag', target: 'x' })], edgeSamples: samples(ALLOWED + 2) },
      'pass',
    ],
    [
      'fails on what a purge of another key does not',
      { operations: [...OPERATIONS, purge(1_600, { target: 'content:8' })], edgeSamples: samples(ALLOWED + 2) },
      'fail',
    ],
    [
      'fails on what a refused write does not',
      { operations: [...OPERATIONS, write(3, 1_600, { outcome: 'fail' })], edgeSamples: samples(ALLOWED + 2) },
      'fail',
    ],
    [
      'passes what a write that ended unknown long before may explain',
      { operations: [write(2, 10, { outcome: 'unknown' }), ...OPERATIONS], edgeSamples: samples(ALLOWED + 2) },
      'pass',
    ],
    [
      'fails on what a write that was over long before does not',
      {
        operations: [
          write(2, 10),
          ...OPERATIONS.map((operation) => ({ ...operation, startMs: operation.startMs + 9_000, endMs: (operation.endMs ?? 0) + 9_000 })),
        ],
        edgeSamples: [edgeSample(9_900), edgeSample(12_000, { originFetches: ALLOWED + 1 })],
      },
      'fail',
    ],
    [
      'passes a fetch for each 404',
      { operations: [...OPERATIONS, ...READS.slice(0, 3).map(() => read(3, 2_500, { found: false }))], edgeSamples: samples(ALLOWED + 3) },
      'pass',
    ],
    [
      'allows no more than there were reads',
      { operations: [read(1, 1_100), write(2, 1_200), write(3, 1_300), read(3, 1_400)], edgeSamples: samples(8) },
      'fail',
    ],
    [
      'allows what is fetched before it is read, of as many keys as the edge says',
      { operations: WARMED, edgeSamples: later(8), bounds: { 'eu-west': WARMING } },
      'pass',
    ],
    ['and no more', { operations: WARMED, edgeSamples: later(9), bounds: { 'eu-west': WARMING } }, 'fail'],
    ['nor where the edge says nothing of it', { operations: WARMED, edgeSamples: later(7) }, 'fail'],
    [
      'is not excused by a slow link to the origin',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 3), faults: at('latency', 'edge:eu-west->origin') },
      'fail',
    ],
    [
      'but for fetches that reached their deadline',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 2), faults: at('latency', 'edge:eu-west->origin') },
      'pass',
    ],
    [
      'does not count fetches that brought nothing, where fills are counted',
      { operations: OPERATIONS, edgeSamples: filled({ fetches: 90, fills: ALLOWED }) },
      'pass',
    ],
    [
      'fails on fetches that were answered and not offered to the cache: an edge that asks at every hit',
      { operations: OPERATIONS, edgeSamples: answered({ fetches: 100, failed: 0, fills: 2 }) },
      'fail',
    ],
    [
      'does not count those that failed or went past a cache that was away',
      { operations: OPERATIONS, edgeSamples: answered({ fetches: 100, failed: 100 - ALLOWED, fills: 2 }) },
      'pass',
    ],
    ['fails on one fill more', { operations: OPERATIONS, edgeSamples: filled({ fetches: 90, fills: ALLOWED + 1 }) }, 'fail'],
    [
      'allows no fill more on a slow link: what reached its deadline filled nothing',
      {
        operations: OPERATIONS,
        edgeSamples: filled({ fetches: 90, fills: ALLOWED + 1 }),
        faults: at('latency', 'edge:eu-west->origin'),
      },
      'fail',
    ],
    [
      'does not judge across a flush',
      { operations: OPERATIONS, edgeSamples: samples(90), faults: at('flush', 'redis:eu-west') },
      'unknown',
    ],
    [
      'does not judge while the cache is away',
      { operations: OPERATIONS, edgeSamples: samples(90), faults: at('pause', 'redis:eu-west') },
      'unknown',
    ],
    [
      'judges whatever happens to another region',
      { operations: OPERATIONS, edgeSamples: samples(90), faults: at('pause', 'redis:us-east') },
      'fail',
    ],
    ['does not judge across a start of the edge', { operations: OPERATIONS, edgeSamples: samples(90, { since: 'later' }) }, 'unknown'],
    [
      'judges what is left before and after a fault',
      {
        operations: OPERATIONS,
        edgeSamples: [edgeSample(100), edgeSample(1_300, { originFetches: 90 }), edgeSample(1_500, { originFetches: 99 })],
        faults: at('pause', 'redis:eu-west'),
      },
      'fail',
    ],
    [
      'is unknown when the machine stood still, so that each read may have made it fetch once more',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + READS.length), stalls: [[1_000, 1_200]] },
      'unknown',
    ],
    [
      'fails on more than that',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + READS.length + 1), stalls: [[1_000, 1_200]] },
      'fail',
    ],
    [
      'is not excused by less than half of a deadline',
      { operations: OPERATIONS, edgeSamples: samples(ALLOWED + 1), stalls: [[1_000, 151]] },
      'fail',
    ],
    [
      'does not look at a cache that remembers few invalidations: it drops entries for those it forgets',
      { operations: OPERATIONS, edgeSamples: samples(90), bounds: { 'eu-west': { ...ownEdge.bounds, marksMax: 2 } } },
      'unknown',
    ],
    ['is unknown without a count', { operations: OPERATIONS }, 'unknown'],
    ['is unknown with one count', { operations: OPERATIONS, edgeSamples: [edgeSample(900)] }, 'unknown'],
    ['is unknown when nothing was read in between', { operations: [], edgeSamples: samples(0) }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it.each([
    ['one fetch for each end of an entry', [], 5],
    ['two where a link is slow: who reads it after its end does not wait for its revalidation', at('latency', 'edge:eu-west->origin'), 10],
    ['one where the link of another region is slow', at('latency', 'edge:us-east->origin'), 5],
  ])('explains %s', (_title, faults, more) => {
    const bounds = { 'eu-west': { ...ownEdge.bounds, freshMs: 500 } };
    const judged = (fills: number) =>
      judge({ bounds, operations: OPERATIONS, faults, edgeSamples: filled({ fetches: 90, fills }) }).verdict;
    expect([judged(ALLOWED + more), judged(ALLOWED + more + 1)]).toEqual(['pass', 'fail']);
  });

  describe('under a lease of 4 s, of which a key has three at least', () => {
    const bounds = Object.fromEntries(REGIONS.map((region) => [region, { ...ownEdge.bounds, leaseMs: 4_000, skewMs: 0 }]));
    const heard = (fetches: number, evidenceMs: number | null | undefined) => [
      edgeSample(900, { originFetches: 10, ...(evidenceMs === undefined ? {} : { evidenceMs }) }),
      edgeSample(3_000, { originFetches: 10 + fetches, evidenceMs: 100 }),
    ];

    it.each([
      ['nothing more where the edge had heard of the origin lately enough', 900, 0],
      ['one more for each key where it had not', 901, 1],
      ['one more where it had not at all', null, 1],
      ['one more where nobody knows', undefined, 1],
    ])('explains %s', (_title, evidenceMs, more) => {
      const judged = (fetches: number) => judge({ bounds, operations: OPERATIONS, edgeSamples: heard(fetches, evidenceMs) }).verdict;
      expect([judged(ALLOWED + more), judged(ALLOWED + more + 1)]).toEqual(['pass', 'fail']);
    });

    it('accuses no edge whose clock was set back: it calls nothing fresh until its clock has passed what it showed', () => {
      const clock = (atMs: number, aheadMs: number) => ({ fromMs: atMs - 1, toMs: atMs, nowMs: atMs + aheadMs });
      const [first, last] = [
        edgeSample(900, { originFetches: 10, evidenceMs: 100 }),
        edgeSample(3_000, { originFetches: 90, evidenceMs: 100 }),
      ];
      const edgeSamples = [
        { ...first, clock: clock(900, 0) },
        { ...last, clock: clock(3_000, -3_600_000) },
      ];
      expect(judge({ bounds, operations: OPERATIONS, edgeSamples }).verdict).toBe('pass');
      const unset = [
        { ...first, clock: clock(900, 0) },
        { ...last, clock: clock(3_000, 0) },
      ];
      expect(judge({ bounds, operations: OPERATIONS, edgeSamples: unset }).verdict).toBe('fail');
    });
  });

  it('shows the two counts, with one sentence', () => {
    const [first, last] = samples(60);
    expect(judge({ operations: OPERATIONS, edgeSamples: samples(60) }).anomalies).toEqual([
      {
        anomaly: 'refill-storm',
        region: 'eu-west',
        key: '*',
        explain:
          'expected at most 8 fetches of eu-west from the origin in 2.1 s, got 60: the 100 reads and the invalidations in that time explain no more',
        witness: [first, last],
      },
    ]);
  });
});
