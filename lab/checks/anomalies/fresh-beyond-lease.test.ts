import { describe, expect, it } from 'vitest';
import type { EdgeBounds } from '../../system/edges/edge.ts';
import { ownEdge } from '../../system/edges/own.ts';
import { judgeBy } from '../pass.ts';
import { clockAhead, fault, historyOf, REGIONS, read, type Written, write } from '../testing/history.ts';
import { freshBeyondLease } from './fresh-beyond-lease.ts';

const LEASE_MS = 5_000;
const SKEW_MS = 500;
const BEYOND_MS = LEASE_MS + SKEW_MS + 3;
const leased: EdgeBounds = { ...ownEdge.bounds, leaseMs: LEASE_MS, skewMs: SKEW_MS };
const BOUNDS = { 'us-east': leased, 'eu-west': leased };
const TOGETHER = clockAhead(0);

function originAhead(aheadMs: number, { withinMs = 16 } = {}): NonNullable<Written['originSamples']> {
  return Array.from({ length: 40 }, (_, at) => at * 500).map((ms) => ({
    atMs: ms + withinMs,
    pending: 0,
    clock: { fromMs: ms, toMs: ms + withinMs, nowMs: ms + aheadMs },
  }));
}

function judge(written: Partial<Written>) {
  const history = historyOf({ bounds: BOUNDS, readings: TOGETHER, originSamples: originAhead(0), operations: [], ...written });
  return judgeBy(freshBeyondLease, history, { regions: REGIONS, staleness: 'adjusted' });
}

describe('fresh-beyond-lease', () => {
  it('is a fresh answer superseded longer ago than lease and skew together', () => {
    const operations = [write(2, 1_000), read(1, 1_000 + BEYOND_MS)];
    const { verdict, anomalies } = judge({ operations });
    expect([verdict, anomalies.length, anomalies[0]?.version]).toEqual(['fail', 1, 1]);
    expect(anomalies[0]?.explain).toContain(`${BEYOND_MS} ms before the read, where the lease and the skew together allow 5500 ms`);
  });

  it('is none within them, none labelled stale, and none of the latest version', () => {
    const late = 1_000 + BEYOND_MS;
    const operations = [write(2, 1_000), read(1, 1_000 + LEASE_MS + SKEW_MS), read(1, late, { status: 'stale' }), read(2, late)];
    expect(judge({ operations })).toMatchObject({ verdict: 'pass', reason: '0 of 3 reads were labelled fresh beyond the lease' });
  });

  it.each([
    ['partition', 'edge:eu-west<->kafka'],
    ['kill', 'origin'],
    ['pause', 'edge:eu-west'],
    ['propagation-delay', 'edge:eu-west'],
    ['read-only', 'redis:eu-west'],
  ])('is not excused by %s %s', (name, target) => {
    const faults = [fault(name, target, { fromMs: 0, toMs: undefined })];
    expect(judge({ faults, operations: [write(2, 1_000), read(1, 1_000 + BEYOND_MS)] }).verdict).toBe('fail');
  });

  it('is not excused by a machine that stood still', () => {
    const stalls = [[1_000, 5_000]] as const;
    expect(judge({ stalls, operations: [write(2, 1_000), read(1, 1_000 + BEYOND_MS)] }).verdict).toBe('fail');
  });

  it('shows the read furthest above, one for each version of a key in a region', () => {
    const operations = [write(2, 1_000), read(1, 1_000 + BEYOND_MS), read(1, 9_000), read(1, 9_100, { region: 'us-east' })];
    const both = [...clockAhead(0), ...clockAhead(0, { region: 'us-east' })];
    const { anomalies, reason } = judge({ operations, readings: both });
    expect(anomalies.map(({ region, witness }) => [region, witness.length])).toEqual([
      ['eu-west', 2],
      ['us-east', 2],
    ]);
    expect(reason).toContain('3 of 3');
  });

  describe('rests on clocks', () => {
    const operations = [write(2, 1_000), read(1, 1_000 + BEYOND_MS)];

    it.each([
      ['the origin is ahead of the edge by more than the skew', { originSamples: originAhead(1_000) }],
      ['the edge is behind by more', { readings: clockAhead(-1_000) }],
      ['the edge was set back by more', { readings: [...clockAhead(1_000, { untilMs: 9_000 }), ...clockAhead(0, { fromMs: 9_000 })] }],
    ])('and is not judged where %s', (_title, clocks) => {
      expect(judge({ operations, ...clocks })).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('clocks differed') });
    });

    it('and is judged where the edge is ahead, for then its lease ends sooner', () => {
      expect(judge({ operations, readings: clockAhead(60_000) }).verdict).toBe('fail');
    });

    it('and proves nothing where nobody saw that they are within the skew, and that explains it', () => {
      const originSamples = originAhead(800, { withinMs: 1_500 });
      expect(judge({ operations, originSamples })).toMatchObject({
        verdict: 'unknown',
        reason: expect.stringContaining('may have differed'),
      });
      expect(judge({ operations: [write(2, 1_000), read(1, 9_000)], originSamples }).verdict).toBe('fail');
    });
  });

  it.each([
    ['no edge states a bound', { bounds: { 'us-east': ownEdge.bounds, 'eu-west': ownEdge.bounds } }, 'no region states'],
    ['nothing was changed', { operations: [read(1, 9_000)] }, 'after a change of its key'],
    ['nobody read late enough', { operations: [write(2, 1_000), read(2, 6_000)] }, 'began within the bound'],
  ])('has nothing to judge where %s', (_title, written, reason) => {
    const operations = [write(2, 1_000), read(1, 1_000 + BEYOND_MS)];
    expect(judge({ operations, ...written })).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining(reason) });
  });

  it('judges the regions that state one', () => {
    const bounds = { ...BOUNDS, 'us-east': ownEdge.bounds };
    const operations = [write(2, 1_000), read(1, 9_000, { region: 'us-east' }), read(2, 9_000)];
    expect(judge({ bounds, operations })).toMatchObject({ verdict: 'pass', reason: '0 of 1 reads were labelled fresh beyond the lease' });
  });
});
