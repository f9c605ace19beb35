import { describe, expect, it } from 'vitest';
import { judgeBy } from '../pass.ts';
import { clockAhead, EPSILON_MS, fault, historyOf, KEY, REGIONS, read, type Written, write } from '../testing/history.ts';
import { mislabelled } from './mislabelled.ts';

const judge = (written: Written) => judgeBy(mislabelled, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

const WRITTEN = write(2, 1_000);
const stale = (startMs: number, more: Parameters<typeof read>[2] = {}) => read(2, startMs, { status: 'stale', cachedMs: 1_500, ...more });
/** After the end of the first, one fetch and epsilon. */
const BOUND_MS = 2_000 + EPSILON_MS;
const FIRST = stale(3_000);
const ABOVE = stale(3_003 + BOUND_MS);
const final = (startMs: number, cachedMs: number) => stale(startMs, { final: true, phase: 'final', cachedMs });
const LIFE_MS = 4_000;
const BOUNDS = Object.fromEntries(REGIONS.map((region) => [region, { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000, freshMs: LIFE_MS }]));
/** An answer of which the origin was asked so long before, where contents are fresh for LIFE_MS. */
const aged = (ageMs: number, more: Parameters<typeof read>[2] = {}): Written => ({
  operations: [WRITTEN, read(2, 1_500 + ageMs, { cachedMs: 1_500, ...more })],
  readings: clockAhead(0),
  bounds: BOUNDS,
});
const LEASED = Object.fromEntries(REGIONS.map((region) => [region, { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000, leaseMs: 10_000 }]));
const SET_BACK = [...clockAhead(0, { untilMs: 4_000 }), ...clockAhead(-3_000, { fromMs: 4_000 })];
const cut = (target: string) => fault('partition', target, { fromMs: 3_000, toMs: 4_000 });

describe('mislabelled', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    [
      'fails on a 404 labelled stale, whatever is broken',
      { operations: [WRITTEN, stale(3_000, { found: false, version: 0 })], faults: [cut('edge:eu-west<->kafka')] },
      'fail',
    ],
    ['fails on the same entry still stale after a fetch', { operations: [WRITTEN, FIRST, ABOVE] }, 'fail'],
    ['passes it until then', { operations: [WRITTEN, FIRST, stale(3_002 + BOUND_MS)] }, 'pass'],
    ['passes an entry that was fetched again', { operations: [WRITTEN, FIRST, { ...ABOVE, cachedMs: 4_000 }] }, 'pass'],
    ['fails on it by a clock that is far off', { operations: [WRITTEN, FIRST, ABOVE], readings: clockAhead(-7_200_000) }, 'fail'],
    [
      'passes it of an edge with a lease whose clock was set back: it calls nothing fresh until that has passed what it showed',
      { operations: [WRITTEN, FIRST, ABOVE], readings: SET_BACK, bounds: LEASED },
      'pass',
    ],
    [
      'fails on it of an edge with a lease whose clock goes on',
      { operations: [WRITTEN, FIRST, ABOVE], readings: clockAhead(0), bounds: LEASED },
      'fail',
    ],
    [
      'is unknown when that clock was set back: it may be another entry of the same time',
      { operations: [WRITTEN, FIRST, ABOVE], readings: [...clockAhead(0, { untilMs: 4_000 }), ...clockAhead(-3_000, { fromMs: 4_000 })] },
      'unknown',
    ],
    ['passes another version', { operations: [WRITTEN, { ...FIRST, version: 1 }, ABOVE] }, 'pass'],
    ['passes another region', { operations: [WRITTEN, { ...FIRST, region: 'us-east' }, ABOVE] }, 'pass'],
    ['passes a fresh one', { operations: [WRITTEN, read(2, 3_000, { cachedMs: 1_500 }), ABOVE] }, 'pass'],
    ['leaves an old version to stale-after-bound', { operations: [WRITTEN, write(3, 2_000), FIRST, ABOVE] }, 'pass'],
    [
      'is excused by a cut of the edge from the origin',
      { operations: [WRITTEN, FIRST, ABOVE], faults: [cut('edge:eu-west<->origin')] },
      'pass',
    ],
    ['is not by one of another edge', { operations: [WRITTEN, FIRST, ABOVE], faults: [cut('edge:us-east<->origin')] }, 'fail'],
    [
      'fails on last answers that are stale to the end, though fetched again',
      { operations: [WRITTEN, final(3_000, 1_500), final(3_003 + BOUND_MS, 5_000)] },
      'fail',
    ],
    [
      'fails on an old version so, too',
      { operations: [WRITTEN, write(3, 2_000), final(3_000, 1_500), final(3_003 + BOUND_MS, 5_000)] },
      'fail',
    ],
    ['passes when the last one is fresh', { operations: [WRITTEN, final(3_000, 1_500), read(2, 9_000, { final: true })] }, 'pass'],
    [
      'is unknown when they were asked for too short a time',
      { operations: [WRITTEN, final(3_000, 1_500), final(3_500, 3_100)] },
      'unknown',
    ],
    ['is unknown when there is one only', { operations: [WRITTEN, final(3_000, 1_500)] }, 'unknown'],
    ['is unknown when the machine stood still', { operations: [WRITTEN, FIRST, ABOVE], stalls: [[4_000, 151]] }, 'unknown'],
    ['fails on a content fresh after its lifetime', aged(LIFE_MS * 1.05 + EPSILON_MS + 60), 'fail'],
    ['passes it until then, and what a clock may lose', aged(LIFE_MS * 1.05 + EPSILON_MS - 60), 'pass'],
    ['passes one that is asked for again', aged(9_000, { cachedMs: 8_000 }), 'pass'],
    ['passes it labelled stale', aged(9_000, { status: 'stale' }), 'pass'],
    ['passes it straight from the origin', aged(9_000, { source: 'origin' }), 'pass'],
    ['passes a 404: its lifetime is another', aged(9_000, { found: false, version: 3 }), 'pass'],
    ['fails on it whatever is broken', { ...aged(9_000), faults: [cut('edge:eu-west<->origin')] }, 'fail'],
    ['fails on it by a clock that is far off', { ...aged(9_000, { cachedMs: 1_600_000 }), readings: clockAhead(1_600_000) }, 'fail'],
    ['passes it by a clock that was never asked', { ...aged(9_000), readings: [] }, 'pass'],
    [
      'passes it by a clock that was set',
      { ...aged(9_000), readings: [...clockAhead(0, { untilMs: 4_000 }), ...clockAhead(-6_000, { fromMs: 4_000 })] },
      'pass',
    ],
    ['is unknown without an answer', { operations: [WRITTEN] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the two answers, with one sentence', () => {
    expect(judge({ operations: [WRITTEN, FIRST, ABOVE] }).anomalies).toEqual([
      {
        anomaly: 'mislabelled',
        region: 'eu-west',
        key: KEY,
        version: 2,
        explain:
          'expected a fresh answer in eu-west, got version 2 labelled stale from the cache: first labelled stale 2151 ms before the read, where one fetch of 2000 ms and an epsilon of 150 ms are allowed',
        witness: [
          { ...FIRST, id: 1 },
          { ...ABOVE, id: 2 },
        ],
      },
    ]);
  });
});
