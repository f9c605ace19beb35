import { describe, expect, it } from 'vitest';
import { judgeBy } from '../pass.ts';
import { BOUND_MS, clockAhead, fault, historyOf, KEY, purge, REGIONS, read, type Written } from '../testing/history.ts';
import { purgeIgnored } from './purge-ignored.ts';

/** Unless it says something else, the clock of the edge is the lab's. */
const judge = (written: Written) =>
  judgeBy(purgeIgnored, historyOf({ readings: clockAhead(0), ...written }), { regions: REGIONS, staleness: 'adjusted' });

const PURGED = purge(1_000);
/** Fetched before the purge; read one millisecond past its bound, and at it. */
const BEFORE = read(1, 1_006 + BOUND_MS, { cachedMs: 900 });
const AT_BOUND = read(1, 1_005 + BOUND_MS, { cachedMs: 900 });
const AFTER = read(1, 9_000, { cachedMs: 1_001 });
const SOFT = purge(1_000, { mode: 'soft' });
const LONG = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_010, toMs: 9_000 });
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_200, toMs: 1_201 });

describe('purge-ignored', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['fails on what was fetched before a hard purge', { operations: [PURGED, BEFORE] }, 'fail'],
    ['fails on it labelled stale, too', { operations: [PURGED, { ...BEFORE, status: 'stale' }] }, 'fail'],
    ['fails on a 404 fetched before', { operations: [PURGED, { ...BEFORE, found: false, version: 2 }] }, 'fail'],
    ['passes it at the bound', { operations: [PURGED, AT_BOUND, AFTER] }, 'pass'],
    ['is unknown when every read is within it', { operations: [PURGED, AT_BOUND] }, 'unknown'],
    ['passes what was fetched after the purge was sent', { operations: [PURGED, AFTER] }, 'pass'],
    ['passes what was fetched before by no more than clocks differ', { operations: [PURGED, { ...BEFORE, cachedMs: 977 }] }, 'pass'],
    ['fails on more than that', { operations: [PURGED, { ...BEFORE, cachedMs: 976 }] }, 'fail'],
    ['fails on a soft purge when labelled fresh', { operations: [SOFT, BEFORE] }, 'fail'],
    ['passes it labelled stale', { operations: [SOFT, { ...BEFORE, status: 'stale' }, AFTER] }, 'pass'],
    ['fails by tag', { operations: [purge(1_000, { type: 'tag', target: 'lab-tag-0' }), BEFORE] }, 'fail'],
    ['by the tag of all', { operations: [purge(1_000, { type: 'tag', target: 'lab' }), BEFORE] }, 'fail'],
    ['not by the tag of another slot', { operations: [PURGED, purge(2_000, { type: 'tag', target: 'lab-tag-1' }), AFTER] }, 'pass'],
    [
      'not by tag what has none',
      { operations: [PURGED, purge(2_000, { type: 'tag', target: 'lab' }), { ...AFTER, found: false }] },
      'pass',
    ],
    ['fails by pattern', { operations: [purge(1_000, { type: 'pattern', target: 'content:*' }), BEFORE] }, 'fail'],
    ['not by a pattern of others', { operations: [purge(1_000, { type: 'pattern', target: 'content:1*' }), BEFORE] }, 'unknown'],
    ['fails by all', { operations: [purge(1_000, { type: 'all', target: '*' }), BEFORE] }, 'fail'],
    ['not by another key', { operations: [purge(1_000, { target: 'content:8' }), BEFORE] }, 'unknown'],
    ['passes after a later purge within its bound', { operations: [PURGED, purge(8_900), AFTER] }, 'pass'],
    ['fails on the first of two purges though the second is within its bound', { operations: [PURGED, purge(1_400), BEFORE] }, 'fail'],
    ['passes what a fault on the path excuses', { operations: [PURGED, BEFORE, AFTER], faults: [CUT] }, 'pass'],
    ['is unknown when faults excuse whatever was answered', { operations: [PURGED, BEFORE], faults: [LONG] }, 'unknown'],
    [
      'passes what was fetched after it by a clock that is behind by more',
      { operations: [PURGED, BEFORE], readings: clockAhead(-101) },
      'pass',
    ],
    [
      'passes it though one fetch was begun so late that the clock looked right by it',
      {
        operations: [
          PURGED,
          { ...AFTER, cachedMs: 1_001 - 2_500 },
          read(1, 200, { key: 'content:8', source: 'origin', endMs: 3_400, cachedMs: 3_000 - 2_500 }),
        ],
        readings: clockAhead(-2_500),
      },
      'pass',
    ],
    ['fails on it when that clock is behind by less', { operations: [PURGED, BEFORE], readings: clockAhead(-76) }, 'fail'],
    ['fails on what a clock far ahead dates before it all', { operations: [PURGED, BEFORE], readings: clockAhead(500) }, 'fail'],
    [
      'fails on what a clock that is ahead dates after the purge',
      { operations: [PURGED, { ...BEFORE, cachedMs: 8_900 }], readings: clockAhead(8_000) },
      'fail',
    ],
    ['is unknown when the clock was never asked', { operations: [PURGED, BEFORE], readings: [] }, 'unknown'],
    ['but passes what was fetched after the purge, if it is right', { operations: [PURGED, AFTER], readings: [] }, 'pass'],
    [
      'fails on an entry answered before the purge was sent, whatever the clock',
      { operations: [read(1, 950, { cachedMs: 900 }), PURGED, BEFORE], readings: [] },
      'fail',
    ],
    ['not on one answered as it was sent', { operations: [read(1, 998, { cachedMs: 900 }), PURGED, BEFORE], readings: [] }, 'unknown'],
    [
      'is unknown when the clock was set meanwhile, so that it may have been after it',
      { operations: [PURGED, BEFORE], readings: [...clockAhead(0, { untilMs: 1_000 }), ...clockAhead(-101, { fromMs: 1_000 })] },
      'unknown',
    ],
    [
      'is unknown about an entry answered before it when the clock went back: it may be another one of the same time',
      {
        operations: [read(1, 950, { cachedMs: 900 }), PURGED, { ...BEFORE, startMs: 9_000, endMs: 9_002 }],
        readings: [...clockAhead(0, { untilMs: 3_000 }), ...clockAhead(-3_000, { fromMs: 3_000 })],
      },
      'unknown',
    ],
    [
      'is unknown when it was asked too seldom to know',
      { operations: [PURGED, BEFORE], readings: [['eu-west', { fromMs: 0, toMs: 4_000, nowMs: 2_000 }]] },
      'unknown',
    ],
    ['is unknown when the machine stood still', { operations: [PURGED, BEFORE], stalls: [[1_100, 151]] }, 'unknown'],
    ['is unknown when the purge ended unknown', { operations: [purge(1_000, { outcome: 'unknown' }), BEFORE] }, 'unknown'],
    ['is unknown without a purge', { operations: [BEFORE] }, 'unknown'],
    ['is unknown when nothing was read after it', { operations: [PURGED, read(1, 500, { cachedMs: 400 })] }, 'unknown'],
    ['is unknown when no answer says when it was fetched', { operations: [PURGED, read(1, 9_000)] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the purge and the read, with one sentence', () => {
    expect(judge({ operations: [PURGED, BEFORE] }).anomalies).toEqual([
      {
        anomaly: 'purge-ignored',
        region: 'eu-west',
        key: KEY,
        version: 1,
        explain: `expected an answer fetched after the hard purge of key ${KEY} in eu-west, got version 1 labelled fresh from the cache, fetched 92 ms before the purge by the edge's clock: purged 451 ms before the read, where a delay of 300 ms and an epsilon of 150 ms are allowed`,
        witness: [PURGED, { ...BEFORE, id: 1 }],
      },
    ]);
  });
});
