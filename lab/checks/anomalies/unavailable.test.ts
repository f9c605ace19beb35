import { describe, expect, it } from 'vitest';
import type { Change, Operation, ReadOperation } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { fault, historyOf, purge, REGIONS, read, type Written, write } from '../testing/history.ts';
import { unavailable } from './unavailable.ts';

const judge = (written: Written) => judgeBy(unavailable, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

/** A read each 10 ms in both regions; those of eu-west from and to so many fail. */
function reads(count: number, fails: (at: number) => boolean, more: Partial<ReadOperation> = {}): Operation[] {
  return Array.from({ length: count }, (_, at) => [
    read(1, at * 10, { region: 'us-east' }),
    read(1, at * 10, fails(at) ? { outcome: 'fail', error: 'expected 200, got 503', ...more } : {}),
  ]).flat();
}
const between = (from: number, to: number) => (at: number) => at >= from && at < to;
const within = (target: string, allowanceMs = 0) => [fault('kill', target, { fromMs: 1_000, toMs: 2_000, allowanceMs })];

/** A write each 10 ms, beside reads that are answered; those from and to so many fail. */
function writes(
  count: number,
  fails: (at: number) => boolean,
  of: (at: number) => Change = (at) => write(at + 2, at * 10 + 5),
): Operation[] {
  const changes = Array.from({ length: count }, (_, at) => ({ ...of(at), ...(fails(at) ? { outcome: 'fail' as const } : {}) }));
  return [...reads(count, () => false), ...changes].sort((one, other) => one.startMs - other.startMs);
}
const FREED = write(2, 1, { kind: 'delete' });
const created = (at: number) => write(1, at * 10 + 5, { kind: 'create', key: undefined });

describe('unavailable', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['passes when every read is answered', { operations: reads(300, () => false) }, 'pass'],
    ['passes two failures', { operations: reads(50, between(10, 12)) }, 'pass'],
    ['fails on three when they are more than 1 %', { operations: reads(299, between(10, 13)) }, 'fail'],
    ['passes three when they are not', { operations: reads(300, between(10, 13)) }, 'pass'],
    ['fails on an outage above 1 s', { operations: reads(20_000, between(10, 111)) }, 'fail'],
    ['passes one of 1 s', { operations: reads(20_000, between(10, 110)) }, 'pass'],
    ['passes failures spread over longer than that', { operations: reads(20_000, (at) => at % 150 === 3) }, 'pass'],
    ['passes what failed while the edge was killed', { operations: reads(300, between(100, 200)), faults: within('edge:eu-west') }, 'pass'],
    [
      'passes what failed while the edge recovered',
      { operations: reads(400, between(100, 280)), faults: within('edge:eu-west', 1_000) },
      'pass',
    ],
    ['passes what failed while the origin was killed', { operations: reads(300, between(100, 200)), faults: within('origin') }, 'pass'],
    [
      'passes a read that began in the fault and ended after',
      { operations: reads(300, between(100, 200), { endMs: 9_000 }), faults: within('origin') },
      'pass',
    ],
    [
      'passes reads that ended as the fault began',
      { operations: reads(300, between(90, 100), { endMs: 1_000 }), faults: within('edge:eu-west') },
      'pass',
    ],
    [
      'fails on reads that ended a moment before it began',
      { operations: reads(300, between(90, 100), { endMs: 998 }), faults: within('edge:eu-west') },
      'fail',
    ],
    [
      'fails on what failed while another edge was killed',
      { operations: reads(300, between(100, 200)), faults: within('edge:us-east') },
      'fail',
    ],
    ['fails on what failed before the fault', { operations: reads(300, between(50, 99)), faults: within('edge:eu-west') }, 'fail'],
    [
      'does not count what has not ended',
      { operations: [...reads(300, () => false), read(1, 9_000, { outcome: undefined, endMs: undefined })] },
      'pass',
    ],
    ['is unknown when the machine stood still', { operations: reads(299, between(10, 13)), stalls: [[95, 151]] }, 'unknown'],
    [
      'is unknown when it stood still several times while a read waited, for most of the time with what that costs',
      {
        operations: reads(299, between(10, 13), { endMs: 900 }),
        stalls: [
          [200, 141],
          [500, 141],
        ],
      },
      'unknown',
    ],
    [
      'fails when that was less',
      {
        operations: reads(299, between(10, 13), { endMs: 900 }),
        stalls: [
          [200, 136],
          [500, 136],
        ],
      },
      'fail',
    ],
    [
      'is unknown when it stood still while the fetch was under way that the reads joined',
      { operations: reads(299, between(230, 233)), stalls: [[500, 1_100]] },
      'unknown',
    ],
    [
      'is unknown about an outage that is made of reads that a standstill explains',
      { operations: reads(20_000, between(10, 250), { endMs: 5_000 }), stalls: [[0, 4_200]] },
      'unknown',
    ],
    [
      'fails on one that goes on after that',
      { operations: reads(20_000, between(10, 1_100), { endMs: 20_000 }), stalls: [[0, 4_200]] },
      'fail',
    ],
    [
      'fails on those that failed at another time',
      { operations: reads(299, (at) => between(10, 13)(at) || between(100, 104)(at)), stalls: [[95, 151]] },
      'fail',
    ],
    [
      'fails when it stood still for no more than epsilon altogether',
      {
        operations: reads(299, between(10, 13), { endMs: 900 }),
        stalls: [
          [200, 70],
          [500, 80],
        ],
      },
      'fail',
    ],
    [
      'is unknown when a region was not read outside faults',
      { operations: [read(1, 100), read(1, 1_500, { region: 'us-east' })], faults: within('edge:us-east') },
      'unknown',
    ],
    ['is unknown without a read', { operations: [] }, 'unknown'],
    ['passes two writes that failed', { operations: writes(50, between(10, 12)) }, 'pass'],
    ['fails on three when they are more than 1 %', { operations: writes(299, between(10, 13)) }, 'fail'],
    ['passes three writes when they are not', { operations: writes(300, between(10, 13)) }, 'pass'],
    ['fails on purges that the origin does not take', { operations: writes(100, between(10, 13), (at) => purge(at * 10)) }, 'fail'],
    ['fails on creations of what was deleted', { operations: [FREED, ...writes(100, between(10, 13), created)] }, 'fail'],
    ['passes creations of what may be there', { operations: writes(100, between(10, 13), created) }, 'pass'],
    ['passes writes while the origin was killed', { operations: writes(300, between(100, 200)), faults: within('origin') }, 'pass'],
    ['passes writes while its store was', { operations: writes(300, between(100, 200)), faults: within('postgres') }, 'pass'],
    ['passes writes while it recovered', { operations: writes(400, between(100, 280)), faults: within('origin', 1_000) }, 'pass'],
    ['fails on writes while the log was killed', { operations: writes(300, between(100, 200)), faults: within('kafka') }, 'fail'],
    ['fails on writes while an edge was', { operations: writes(300, between(100, 200)), faults: within('edge:eu-west') }, 'fail'],
    ['is unknown about writes when the machine stood still', { operations: writes(299, between(10, 13)), stalls: [[95, 151]] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the first write that the origin did not take', () => {
    const [anomaly] = judge({
      operations: writes(100, between(10, 13), (at) => write(at + 2, at * 10 + 5, { error: 'got 409' })),
    }).anomalies;
    const explain = 'expected at most 1 % of writes to fail outside faults at the origin, got 3 of 100: got 409';
    expect(anomaly).toMatchObject({ region: 'origin', explain, witness: [{ kind: 'update', version: 12 }] });
  });

  it('shows where an outage began and ended, with one sentence', () => {
    const operations = reads(20_000, between(10, 111));
    expect(judge({ operations }).anomalies).toEqual([
      {
        anomaly: 'unavailable',
        region: 'eu-west',
        key: '*',
        explain: 'expected no outage above 1000 ms outside faults in eu-west, got one of 1010 ms: expected 200, got 503',
        witness: [
          { ...operations[21], id: 21 },
          { ...operations[221], id: 221 },
        ],
      },
    ]);
  });
});
