import { describe, expect, it } from 'vitest';
import { judgeBy } from '../pass.ts';
import { clockAhead, historyOf, KEY, REGIONS, read, type Written, write } from '../testing/history.ts';
import { misdated } from './misdated.ts';

const judge = (written: Written) => judgeBy(misdated, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

const WRITTEN = [write(1, 500), write(2, 1_000)];
const EXACT = clockAhead(0);
/** A cache whose label alone says what it has fetched for whoever read. */
const BY_LABEL = { 'eu-west': { fetchDeadlineMs: 2_000, joinDeadlineMs: 1_000, joins: true, datedBy: 'label' } } as const;
const fetched = (startMs: number) => read(1, startMs, { source: 'origin' });
const answered = (cachedMs: number, version = 1) => read(version, 1_100, { cachedMs });

describe('misdated', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['passes what was asked for before the next version', { operations: [...WRITTEN, answered(990)], readings: EXACT }, 'pass'],
    ['fails what was asked for after it', { operations: [...WRITTEN, answered(1_060)], readings: EXACT }, 'fail'],
    ['passes the last version, whenever it was asked for', { operations: [...WRITTEN, answered(1_060, 2)], readings: EXACT }, 'pass'],
    ['goes by the clock of the edge', { operations: [...WRITTEN, answered(3_990)], readings: clockAhead(3_000) }, 'pass'],
    ['and by no better than it is known', { operations: [...WRITTEN, answered(1_003)], readings: EXACT }, 'pass'],
    ['passes where nobody has asked the clock', { operations: [...WRITTEN, answered(1_060)] }, 'pass'],
    [
      'passes a clock that was set',
      { operations: [...WRITTEN, answered(1_060)], readings: [...clockAhead(0, { untilMs: 800 }), ...clockAhead(-900, { fromMs: 1_000 })] },
      'pass',
    ],
    [
      'fails what its label says was fetched, longer after it than a fetch lasts',
      { operations: [...WRITTEN, fetched(3_010)], bounds: BY_LABEL },
      'fail',
    ],
    ['passes what may have joined a fetch under way', { operations: [...WRITTEN, fetched(2_990)], bounds: BY_LABEL }, 'pass'],
    [
      'is unknown where a label says of nothing that it was fetched',
      { operations: [...WRITTEN, read(1, 9_000)], bounds: BY_LABEL },
      'unknown',
    ],
    ['believes no label of a cache that does not date by it', { operations: [...WRITTEN, fetched(3_010)] }, 'unknown'],
    ['is unknown without a time', { operations: [...WRITTEN, read(1, 1_100)] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  it('shows the write and one answer of the version', () => {
    const { anomalies } = judge({ operations: [...WRITTEN, answered(1_060), answered(1_060)], readings: EXACT });
    expect(anomalies).toMatchObject([
      {
        key: KEY,
        explain: expect.stringMatching(/expected a fetch in eu-west before version 2 was known, got version 1 .*, fetched \d+ ms later/),
      },
    ]);
    expect(anomalies[0]?.witness).toHaveLength(2);
  });
});
