import { describe, expect, it } from 'vitest';
import { judgeBy } from '../pass.ts';
import { historyOf, KEY, origin, REGIONS, read, type Written, write } from '../testing/history.ts';
import { phantomVersion } from './phantom-version.ts';

const judge = (written: Written) => judgeBy(phantomVersion, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

/** Operations 0 and 1. */
const CREATED = write(1, 100, { kind: 'create' });
const UPDATED = write(2, 200);
const WRITTEN = [CREATED, UPDATED];
const unknown = (endMs: number) => write(0, endMs, { version: undefined, outcome: 'unknown' });

describe('phantom-version', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    [
      'passes each version with the body written for it',
      { operations: [...WRITTEN, read(1, 300, { writer: 0 }), read(2, 300, { writer: 1 })] },
      'pass',
    ],
    ['fails on a version with the body of another', { operations: [...WRITTEN, read(2, 300, { writer: 0 })] }, 'fail'],
    ['fails on a version that nothing made', { operations: [...WRITTEN, read(3, 300, { writer: 1 })] }, 'fail'],
    ['fails on a version that nothing made, whatever its body was', { operations: [...WRITTEN, read(3, 300)] }, 'fail'],
    ['fails on a body that no write has', { operations: [...WRITTEN, read(2, 300, { writer: null })] }, 'fail'],
    ['fails on a body of an operation that there is not', { operations: [...WRITTEN, read(2, 300, { writer: 99 })] }, 'fail'],
    [
      'fails on the body of another key',
      { operations: [...WRITTEN, write(1, 100, { key: 'content:8', slot: 'lab-1' }), read(2, 300, { writer: 2 })] },
      'fail',
    ],
    [
      'fails on the body of a write that was refused',
      { operations: [...WRITTEN, { ...unknown(250), outcome: 'fail' }, read(3, 300, { writer: 2 })] },
      'fail',
    ],
    ['passes the body of a write that ended unknown', { operations: [...WRITTEN, unknown(250), read(3, 300, { writer: 2 })] }, 'pass'],
    [
      'passes it under a later version, for it may have come late',
      { operations: [...WRITTEN, unknown(250), write(3, 280), read(4, 300, { writer: 2 })] },
      'pass',
    ],
    [
      'fails on it under the version of another write',
      { operations: [...WRITTEN, unknown(250), write(3, 280), read(3, 300, { writer: 2 })] },
      'fail',
    ],
    [
      'passes a write that is under way',
      { operations: [...WRITTEN, { ...unknown(250), outcome: undefined, endMs: undefined }, read(3, 300, { writer: 2 })] },
      'pass',
    ],
    ['fails on an answer that was there before its write was sent', { operations: [...WRITTEN, read(2, 150, { writer: 1 })] }, 'fail'],
    ['passes an answer that ended after its write was sent', { operations: [...WRITTEN, read(2, 150, { writer: 1, endMs: 196 })] }, 'pass'],
    [
      'passes the 404 of a deletion',
      { operations: [...WRITTEN, write(3, 280, { kind: 'delete' }), read(3, 300, { found: false })] },
      'pass',
    ],
    [
      'passes it when the deletion ended unknown',
      { operations: [...WRITTEN, { ...unknown(280), kind: 'delete' }, read(3, 300, { found: false })] },
      'pass',
    ],
    [
      'passes it also to a read that was sent before the content was created',
      { operations: [...WRITTEN, { ...unknown(280), kind: 'delete' }, read(3, 90, { found: false, slot: '', endMs: 300 })] },
      'pass',
    ],
    [
      'fails when what ended unknown is the deletion of another content',
      { operations: [...WRITTEN, { ...unknown(280), kind: 'delete', key: 'content:99' }, read(3, 300, { found: false })] },
      'fail',
    ],
    ['fails on a 404 at a version that was content', { operations: [...WRITTEN, read(2, 300, { found: false })] }, 'fail'],
    ['fails on a 404 at a version that nothing made', { operations: [...WRITTEN, read(7, 300, { found: false })] }, 'fail'],
    [
      'fails on content at the version of the deletion',
      { operations: [...WRITTEN, write(3, 280, { kind: 'delete' }), read(3, 300, { writer: 1 })] },
      'fail',
    ],
    [
      'does not judge what was there before the run',
      { operations: [write(5, 100), read(4, 300, { writer: null }), read(5, 300, { writer: 0 })] },
      'pass',
    ],
    ['is unknown without an answer of this run', { operations: [write(5, 100), read(4, 300, { writer: null })] }, 'unknown'],
    ['is unknown without a read', { operations: WRITTEN }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  const seen = [...WRITTEN, read(2, 300, { writer: 1 })];
  const deletion = write(3, 280, { kind: 'delete' });

  it.each<[string, Written, 'pass' | 'fail']>([
    ['holds the last version', { operations: seen, held: [origin(2)] }, 'pass'],
    ['holds one that nothing made', { operations: seen, held: [origin(1_002)] }, 'fail'],
    ['may have got one of a write that ended unknown', { operations: [...seen, unknown(250)], held: [origin(3)] }, 'pass'],
    ['holds one that was refused', { operations: [...seen, { ...unknown(250), outcome: 'fail' }], held: [origin(3)] }, 'fail'],
    ['says of a content that it is deleted', { operations: seen, held: [origin(2, { deleted: true })] }, 'fail'],
    ['holds the deletion', { operations: [...seen, deletion], held: [origin(3, { deleted: true })] }, 'pass'],
    ['says of a deletion that it is there', { operations: [...seen, deletion], held: [origin(3)] }, 'fail'],
    ['holds what was there before the run', { operations: [write(5, 100), read(5, 300, { writer: 0 })], held: [origin(4)] }, 'pass'],
    ['could not be asked', { operations: seen, held: [origin(9, { isAssumed: true })] }, 'pass'],
  ])('of an origin that %s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('names the origin, and what made another version of it', () => {
    const { anomalies, reason } = judge({ operations: seen, held: [origin(2, { deleted: true })] });
    expect(anomalies).toMatchObject([
      { anomaly: 'phantom-version', region: 'origin', key: KEY, version: 2, witness: [{ kind: 'update', version: 2 }, { version: 2 }] },
    ]);
    expect(anomalies[0]?.explain).toBe(
      'expected a version that was written at the origin, got the deletion at version 2: an update made that version',
    );
    expect(reason).toBe('0 versions without a matching write in 1 answer, and 1 at the origin');
  });

  it('shows the write whose body it is and the read, with one sentence, once for a version', () => {
    const shown = read(2, 300, { writer: 0 });
    expect(judge({ operations: [...WRITTEN, shown, { ...shown, startMs: 400, endMs: 401 }] }).anomalies).toEqual([
      {
        anomaly: 'phantom-version',
        region: 'eu-west',
        key: KEY,
        version: 2,
        explain:
          'expected a version and a body that were written in eu-west, got version 2 labelled fresh from the cache with the body of operation 0: operation 0 made version 1',
        witness: [CREATED, { ...shown, id: 2 }],
      },
    ]);
  });
});
