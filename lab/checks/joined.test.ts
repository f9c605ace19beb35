/** Reads that join a fetch, of caches that promise no more than that: what they are excused for, and what not. */
import { describe, expect, it } from 'vitest';
import { purgeIgnored } from './anomalies/purge-ignored.ts';
import { resurrection } from './anomalies/resurrection.ts';
import { staleAfterBound } from './anomalies/stale-after-bound.ts';
import { judgeBy } from './pass.ts';
import { BOUND_MS, historyOf, purge, REGIONS, read, write } from './testing/history.ts';

const BOUNDS = { fetchDeadlineMs: 2_000, joinDeadlineMs: 1_000 } as const;
const JOINS = { 'us-east': { ...BOUNDS, joins: true }, 'eu-west': { ...BOUNDS, joins: true } } as const;
const OURS = { 'us-east': BOUNDS, 'eu-west': BOUNDS } as const;
const WRITTEN_MS = 1_000;
/** Asked before the write. */
const OLD = { cachedMs: 900, source: 'origin' } as const;
const LATE_MS = WRITTEN_MS + BOUND_MS;

const judge = (
  bounds: typeof JOINS | typeof OURS,
  operations: Parameters<typeof historyOf>[0]['operations'],
  staleness: 'adjusted' | 'strict' = 'adjusted',
) => judgeBy(staleAfterBound, historyOf({ bounds, operations }), { regions: REGIONS, staleness }).verdict;

const first = write(1, 100);
const second = write(2, WRITTEN_MS);
/** Begun after the bound, answered by a fetch of before the write, which ends at 2,000. */
const joiner = (startMs: number) => read(1, startMs, { ...OLD, endMs: 2_000 });

describe('an old version past the bound', () => {
  it('is no anomaly where a reader may join the fetch that brought it, and nobody had it before', () => {
    const operations = [first, second, joiner(LATE_MS + 10), joiner(LATE_MS + 20), read(2, 2_500, { cachedMs: 2_400 })];
    expect(judge(JOINS, operations)).toBe('pass');
    expect(judge(OURS, operations)).toBe('fail');
  });

  it('is one where somebody had that very answer before the read began: it was kept', () => {
    expect(judge(JOINS, [first, second, joiner(LATE_MS + 10), read(1, 2_010, { ...OLD, source: 'cache' })])).toBe('fail');
  });

  it('is one for who does not say when it was fetched', () => {
    const { cachedMs: _, ...untold } = OLD;
    expect(judge(JOINS, [first, second, read(1, LATE_MS + 10, { ...untold, endMs: 2_000 })])).toBe('fail');
  });

  it('is one where the rule is strict', () => {
    expect(judge(JOINS, [first, second, joiner(LATE_MS + 10)], 'strict')).toBe('fail');
  });

  it('of another fetch than the one somebody had is still one of a fetch under way', () => {
    const had = read(1, 950, { cachedMs: 800, source: 'cache' });
    expect(judge(JOINS, [first, had, second, joiner(LATE_MS + 10), read(2, 2_500, { cachedMs: 2_400 })])).toBe('pass');
  });

  it('is one where its origin was asked longer ago than a fetch lasts, though nobody had it: something was brought for nobody', () => {
    const behind = (startMs: number) => read(1, startMs, { cachedMs: 900, source: 'origin' });
    expect(judge(JOINS, [first, second, behind(2_900), read(2, 9_000, { cachedMs: 8_990 })])).toBe('pass');
    expect(judge(JOINS, [first, second, behind(3_000), read(2, 9_000, { cachedMs: 8_990 })])).toBe('fail');
  });

  it('is evidence all the same: each of those reads would have shown what is kept', () => {
    const deletion = write(3, 3_000, { kind: 'delete' });
    const gone = read(3, 4_000, { found: false, cachedMs: 4_001, source: 'origin' });
    const history = historyOf({ bounds: JOINS, operations: [first, second, deletion, gone] });
    expect(judgeBy(resurrection, history, { regions: REGIONS, staleness: 'adjusted' }).verdict).toBe('pass');
  });
});

describe('what was fetched before a purge', () => {
  it('is no anomaly for who joined that fetch, and one for who came after it', () => {
    const verdictOf = (operations: Parameters<typeof historyOf>[0]['operations']) =>
      judgeBy(purgeIgnored, historyOf({ bounds: JOINS, operations }), { regions: REGIONS, staleness: 'adjusted' }).verdict;
    const purged = purge(WRITTEN_MS);
    const fetched = read(1, 950, { ...OLD, endMs: 960 });
    const joined = read(1, LATE_MS + 10, { cachedMs: 940, source: 'origin', endMs: 2_000 });
    expect(verdictOf([first, purged, joined])).toBe('pass');
    expect(verdictOf([first, fetched, purged, read(1, LATE_MS + 10, { ...OLD, source: 'cache' })])).toBe('fail');
  });
});

describe('a cache that is purged once more', () => {
  const AGAIN = { 'us-east': { ...BOUNDS, againMs: 700 }, 'eu-west': { ...BOUNDS, againMs: 700 } } as const;
  const verdictOf = (startMs: number, staleness: 'adjusted' | 'strict' = 'adjusted', cachedMs = 990) => {
    const operations = [first, second, read(1, startMs, { cachedMs }), read(2, 9_000)];
    return judgeBy(staleAfterBound, historyOf({ bounds: AGAIN, operations }), { regions: REGIONS, staleness }).verdict;
  };

  it('may have the old version until then, and not for longer', () => {
    expect([verdictOf(LATE_MS + 690), verdictOf(LATE_MS + 710), verdictOf(LATE_MS + 690, 'strict')]).toEqual(['pass', 'fail', 'fail']);
    // The first purge found it.
    expect(verdictOf(LATE_MS + 690, 'adjusted', WRITTEN_MS + 300 - 2_001)).toBe('fail');
  });
});

describe('a cache that is late before anything is broken', () => {
  const late = (bounds: typeof JOINS | typeof OURS) => {
    const warm = read(1, WRITTEN_MS + 2_500, { phase: 'warmup', cachedMs: 100 });
    return judgeBy(staleAfterBound, historyOf({ bounds, operations: [first, second, warm, read(1, 9_000, { cachedMs: 101 })] }), {
      regions: REGIONS,
      staleness: 'adjusted',
    });
  };

  it('is no measure of itself where it is not ours', () => {
    expect(late(JOINS)).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('epsilon 300 ms') });
    expect(late(OURS)).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining('the machine is too slow') });
  });
});
