import { describe, expect, it } from 'vitest';
import { judgeBy } from '../pass.ts';
import { BOUND_MS, fault, historyOf, KEY, REGIONS, read, type Written, write } from '../testing/history.ts';
import { resurrection } from './resurrection.ts';

const CONTEXT = { regions: REGIONS, staleness: 'adjusted' } as const;
const judge = (written: Written) => judgeBy(resurrection, historyOf(written), CONTEXT);

const WRITTEN = [write(2, 500), write(3, 1_000, { kind: 'delete' })];
const ABOVE = read(2, 1_001 + BOUND_MS);
const AT_BOUND = read(2, 1_000 + BOUND_MS);
const GONE = read(3, 9_000, { found: false });
const LONG = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_010, toMs: 9_000 });
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_200, toMs: 1_201 });
const ORIGIN_CUT = fault('partition', 'edge:eu-west<->origin', { fromMs: 1_200, toMs: 9_000 });

describe('resurrection', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['passes a 404', { operations: [...WRITTEN, GONE] }, 'pass'],
    ['passes content within its bound', { operations: [...WRITTEN, AT_BOUND, GONE] }, 'pass'],
    ['is unknown when every read is within it', { operations: [...WRITTEN, AT_BOUND] }, 'unknown'],
    ['fails on content after its bound', { operations: [...WRITTEN, ABOVE] }, 'fail'],
    ['fails on it labelled stale, too: a deletion is hard everywhere', { operations: [...WRITTEN, { ...ABOVE, status: 'stale' }] }, 'fail'],
    ['fails on an older version, too', { operations: [...WRITTEN, { ...ABOVE, version: 1 }] }, 'fail'],
    [
      'counts from the 404 that showed a deletion whose answer was lost',
      { operations: [write(2, 500), read(3, 1_000, { found: false }), read(2, 1_003 + BOUND_MS)] },
      'fail',
    ],
    [
      'does not take a 404 of an id not yet created for a deletion',
      { operations: [read(0, 100, { found: false }), write(1, 500, { kind: 'create' }), read(1, 9_000)] },
      'unknown',
    ],
    ['passes what a fault on the path excuses', { operations: [...WRITTEN, ABOVE, GONE], faults: [CUT] }, 'pass'],
    ['is unknown when faults excuse whatever was answered', { operations: [...WRITTEN, ABOVE], faults: [LONG] }, 'unknown'],
    [
      'is not excused by a cut of the edge from the origin, under whatever label',
      { operations: [...WRITTEN, { ...ABOVE, status: 'stale' }], faults: [ORIGIN_CUT] },
      'fail',
    ],
    ['is unknown when the machine stood still', { operations: [...WRITTEN, ABOVE], stalls: [[1_100, 151]] }, 'unknown'],
    ['is unknown without a deletion', { operations: [write(2, 500), read(2, 9_000)] }, 'unknown'],
    [
      'is unknown when the deletion ended unknown',
      { operations: [write(2, 500), write(3, 1_000, { kind: 'delete', outcome: 'unknown', version: undefined }), read(2, 9_000)] },
      'unknown',
    ],
    ['is unknown when nothing was read after the deletion', { operations: [...WRITTEN, read(2, 900)] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the deletion and the read furthest above its bound, with one sentence', () => {
    const last = read(2, 3_000);
    expect(judge({ operations: [...WRITTEN, ABOVE, last, GONE] }).anomalies).toEqual([
      {
        anomaly: 'resurrection',
        region: 'eu-west',
        key: KEY,
        version: 2,
        explain:
          'expected a 404 in eu-west, deleted at version 3, got version 2 labelled fresh from the cache: deleted 2000 ms before the read, where a delay of 300 ms and an epsilon of 150 ms are allowed',
        witness: [
          { ...WRITTEN[1], id: 1 },
          { ...last, id: 3 },
        ],
      },
    ]);
  });
});
