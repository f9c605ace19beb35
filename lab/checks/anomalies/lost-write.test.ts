import { describe, expect, it } from 'vitest';
import type { OriginState, WriteOperation } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { historyOf, origin, write } from '../testing/history.ts';
import { lostWrite } from './lost-write.ts';

const CONTEXT = { regions: ['us-east'], staleness: 'adjusted' } as const;
const OTHER = { key: 'content:8', slot: 'lab-1' } as const;

describe('lost-write', () => {
  it.each<[string, readonly WriteOperation[], readonly OriginState[], string]>([
    ['passes when the origin holds what it acknowledged', [write(1, 10), write(2, 20)], [origin(2)], 'pass'],
    ['passes when the origin holds more than that', [write(1, 10)], [origin(2)], 'pass'],
    ['fails when the origin holds less', [write(1, 10), write(2, 20)], [origin(1)], 'fail'],
    ['fails when what was acknowledged is as if it had never been', [write(1, 10)], [origin(0, { deleted: true })], 'fail'],
    ['does not miss a write whose answer the origin gave', [write(2, 10, { outcome: 'unknown' }), write(1, 5)], [origin(1)], 'pass'],
    ['judges each key by itself', [write(2, 10), write(1, 10, OTHER)], [origin(2), origin(1, OTHER)], 'pass'],
    ['judges only keys that the origin was asked for', [write(2, 10), write(1, 10, OTHER)], [origin(1, OTHER)], 'pass'],
    ['is unknown when the origin was not asked', [write(1, 10)], [], 'unknown'],
    ['is unknown where it could not be asked', [write(1, 10), write(2, 20)], [origin(1, { isAssumed: true })], 'unknown'],
    ['is unknown when nothing was acknowledged', [write(1, 10, { outcome: 'fail' })], [origin(0)], 'unknown'],
  ])('%s', (_title, operations, held, verdict) => {
    expect(judgeBy(lostWrite, historyOf({ operations, held }), CONTEXT).verdict).toBe(verdict);
  });

  it('names the write and what the origin holds instead', () => {
    const { anomalies } = judgeBy(lostWrite, historyOf({ operations: [write(3, 10)], held: [origin(2)] }), CONTEXT);
    expect(anomalies).toMatchObject([
      { anomaly: 'lost-write', region: 'origin', key: 'content:7', witness: [{ version: 3 }, { version: 2 }] },
    ]);
    expect(anomalies[0]?.explain).toBe(
      'expected version 3 or later at the origin, which acknowledged that version, got version 2 after settle',
    );
  });
});
