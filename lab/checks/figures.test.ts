import { describe, expect, it } from 'vitest';
import { convergenceOf } from '../history/convergence.ts';
import { consistencyFigures, stalenessFigures } from './figures.ts';
import { fault, historyOf, read, write } from './testing/history.ts';

const WRITTEN = write(2, 1_000);

describe('the staleness of a region', () => {
  it('is of every answer that could be old, raw and without the time of faults', () => {
    const operations = [read(1, 900), WRITTEN, read(1, 1_400), read(1, 3_000), read(2, 3_100), read(1, 5_000, { region: 'us-east' })];
    const faults = [fault('partition', 'edge:eu-west<->kafka', { fromMs: 1_500, toMs: 2_500 })];
    expect(stalenessFigures(historyOf({ operations, faults }), 'eu-west')).toEqual({
      samples: 3,
      raw: { min: 0, p50: 400, p95: 2_000, p99: 2_000, max: 2_000 },
      adjusted: { min: 0, p50: 400, p95: 1_000, p99: 1_000, max: 1_000 },
    });
  });

  it('is raw whatever the label says', () => {
    const operations = [WRITTEN, read(1, 9_000, { status: 'stale' })];
    const { raw, adjusted } = stalenessFigures(historyOf({ operations }), 'eu-west');
    expect([raw?.max, adjusted?.max]).toEqual([8_000, 0]);
  });

  it('is nothing without an answer that could be old', () => {
    expect(stalenessFigures(historyOf({ operations: [read(1, 900), WRITTEN] }), 'eu-west')).toEqual({
      samples: 0,
      raw: null,
      adjusted: null,
    });
  });
});

describe('the writes a region agreed with within t', () => {
  it('are those after which no read begun later than t showed an older version', () => {
    const operations = [
      WRITTEN,
      read(1, 1_090),
      read(2, 1_120),
      write(3, 2_000),
      read(3, 2_010),
      read(2, 2_700),
      read(3, 2_800),
      write(4, 3_000),
      read(4, 3_000),
      read(4, 3_001),
    ];
    expect(consistencyFigures(historyOf({ operations }), 'eu-west')).toEqual({
      writes: 3,
      within: { '100': 2 / 3, '500': 2 / 3, '1000': 1, '5000': 1 },
    });
  });

  it('are of those that were read afterwards', () => {
    const within = { '100': null, '500': null, '1000': null, '5000': null };
    expect(consistencyFigures(historyOf({ operations: [read(1, 900), WRITTEN] }), 'eu-west')).toEqual({ writes: 0, within });
  });
});

describe('convergence', () => {
  it('is the time to the first read that shows a write or a later one', () => {
    const operations = [WRITTEN, read(1, 1_100), write(3, 1_200), read(3, 1_500), read(2, 1_600), write(4, 9_000)];
    expect(convergenceOf(historyOf({ operations }), ['eu-west', 'us-east'])).toEqual({
      'eu-west': { min: 300, p50: 300, p95: 500, p99: 500, max: 500 },
      'us-east': null,
    });
  });
});
