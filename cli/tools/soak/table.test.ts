/** The lines of a soak, from what the program printed. */
import { describe, expect, it } from 'vitest';
import type { Summary } from '../../../lab/report/events.ts';
import { type SoakRun, toRow, whyNot } from './table.ts';

const quantiles = (p50: number, p99: number) => ({ min: 0, p50, p95: p99, p99, max: p99 });

const SUMMARY: Summary = {
  type: 'Summary',
  schemaVersion: 1,
  status: 'completed',
  verdict: 'fail',
  exitCode: 1,
  checks: [
    { check: 'divergence', verdict: 'pass', reason: 'equal', anomalies: 0 },
    { check: 'unavailable', verdict: 'fail', reason: '9 of 10 reads', anomalies: 1 },
  ],
  thresholds: [{ metric: 'staleness', threshold: 'p(99)<9', ok: false, value: 12, samples: 3 }],
  faults: [],
  convergence: { 'us-east': quantiles(100.4, 250), 'eu-west': null },
  staleness: {
    'us-east': { samples: 3, raw: quantiles(1, 90), adjusted: quantiles(0, 12) },
    'eu-west': { samples: 0, raw: null, adjusted: null },
  },
  consistency: {},
  operations: { reads: 10, writes: 1, failed: 9, unknown: 0 },
  heal: { clean: true, left: [] },
  reproduce: 'edgesync-lab run x --seed 1',
};

function ran(summary: Partial<Summary> | undefined, code: SoakRun['code']): SoakRun {
  const lines =
    summary === undefined
      ? ['{"type":"Sta']
      : ['{"type":"Step","t":1,"step":"s","elapsedMs":1}', JSON.stringify({ ...SUMMARY, ...summary })];
  return { name: 'slow-region', elapsedMs: 12_340, code, lines };
}

describe('a line of a soak', () => {
  it('has verdict, exit code, seconds, and what each region showed', () => {
    expect(toRow(ran({}, 1)).replace(/ +/g, ' ')).toBe('slow-region fail (1) 12.3 us-east 100/250 | 90/12 eu-west -/- | -/-');
  });

  it('says so when the program left no summary', () => {
    expect(toRow(ran(undefined, 107)).replace(/ +/g, ' ')).toBe('slow-region no summary (107) 12.3');
  });

  it('is followed by what kept the run from passing, and the command that shows it again', () => {
    expect(whyNot(ran({}, 1))).toEqual(['fail unavailable: 9 of 10 reads', 'crossed staleness p(99)<9: 12', 'edgesync-lab run x --seed 1']);
    expect(whyNot(ran({ error: 'no world' }, 107))[0]).toBe('no world');
    expect(whyNot(ran({}, 0))).toEqual([]);
  });
});
