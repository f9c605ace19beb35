import { describe, expect, it } from 'vitest';
import type { FaultRecord, Operation } from '../history/records.ts';
import { Staleness, type StaleRead } from './staleness.ts';
import { DELAY_MS, EPSILON_MS, fault, historyOf, purge, read, type Written, write } from './testing/history.ts';

/** Of every answered read, in the order of starts. */
function judgedBy(staleness: Staleness): readonly (StaleRead | undefined)[] {
  const judged: (StaleRead | undefined)[] = [];
  staleness.eachAnswer((_, stale) => judged.push(stale));
  return judged;
}

/** Of the read that is last in the order of starts. */
function lastOf(written: Written, rule: 'adjusted' | 'strict' = 'adjusted') {
  const staleness = new Staleness({ history: historyOf(written), rule });
  const stale = judgedBy(staleness).at(-1);
  if (stale === undefined) return undefined;
  const { interval, stalenessMs, allowedMs, unseenMs, superseding } = stale;
  return { fromMs: interval.fromMs, stalenessMs, allowedMs, unseenMs, by: superseding.by.id };
}

describe('when a version is superseded', () => {
  const unseen = { version: undefined, outcome: 'unknown' } as const;
  const cases: readonly (readonly [
    title: string,
    before: readonly Operation[],
    expected: readonly [atMs: number, by: number] | undefined,
  ])[] = [
    ['by the acknowledgement of the next', [write(1, 100), write(2, 1_000)], [1_000, 1]],
    ['by the first read that returned the next, if that ended before', [write(2, 1_000), read(2, 900)], [902, 1]],
    ['by a read in another region', [write(2, 1_000), read(2, 900, { region: 'us-east' })], [902, 1]],
    ['by the first of several reads', [read(2, 950), read(2, 900)], [902, 1]],
    ['not by a read that ended after the acknowledgement', [write(2, 1_000), read(2, 999)], [1_000, 0]],
    ['not when the read began but when it ended', [write(2, 1_000), read(2, 900, { endMs: 990 })], [990, 1]],
    ['by any later one, when the next was never known', [write(3, 1_000)], [1_000, 0]],
    ['by any later one, when the next was known only after it', [write(3, 1_000), read(2, 1_500)], [1_000, 0]],
    ['by the next, when a later one was known after it', [write(2, 1_000), write(3, 1_500)], [1_000, 0]],
    ['by a deletion, which has a version', [write(2, 1_000, { kind: 'delete' })], [1_000, 0]],
    ['by a 404 with a version, as by that version', [read(2, 900, { found: false })], [902, 0]],
    ['not by a write that ended unknown', [write(2, 1_000, unseen)], undefined],
    ['by the read that shows a write that ended unknown', [write(2, 1_000, unseen), read(2, 1_700)], [1_702, 1]],
    ['not by a write that failed', [write(2, 1_000, { outcome: 'fail' })], undefined],
    ['not by a read that failed', [read(2, 1_000, { outcome: 'fail' })], undefined],
    ['not by a write of another key', [write(2, 1_000, { key: 'content:8' })], undefined],
    ['not by the same version', [write(1, 1_000)], undefined],
    ['not by what was known only after the read began', [write(2, 2_001)], undefined],
  ];
  it.each(cases)('%s', (_title, before, expected) => {
    const last = lastOf({ operations: [...before, read(1, 2_000)] });
    expect(last && [last.fromMs, last.by]).toEqual(expected);
    expect(last?.stalenessMs).toEqual(expected && 2_000 - expected[0]);
  });

  it('takes a 404 at version 0 for what was there before the creation', () => {
    const operations = [write(1, 1_000, { kind: 'create' }), read(0, 2_000, { found: false })];
    expect(lastOf({ operations })).toMatchObject({ fromMs: 1_000, stalenessMs: 1_000 });
  });

  it('counts from the start of a read, not from its end', () => {
    expect(lastOf({ operations: [write(2, 1_000), read(1, 2_000, { endMs: 9_000 })] })?.stalenessMs).toBe(1_000);
  });
});

describe('the delay that is allowed', () => {
  const operations = [write(2, 1_000), read(1, 2_000)];
  const at = (atMs: number, delayMs: number, region = 'eu-west') => ({ region, atMs, delayMs });
  it.each([
    ['is the one in force all the while', [], DELAY_MS],
    ['is the last one set before the supersession', [at(500, 900), at(600, 50)], 50],
    ['is the last one set before, in whatever order that was recorded', [at(600, 50), at(500, 900)], 50],
    ['is a larger one that came into force meanwhile', [at(1_500, 700)], 700],
    ['is a larger one that was in force for a moment only, until a smaller one let go of what waited', [at(1_500, 700), at(1_501, 0)], 501],
    ['is not a larger one that came into force when it was over', [at(1_700, 700)], DELAY_MS],
    ['is a larger one where it may have come into force before it was over', [at(1_550, 700)], 700],
    ['ends when a smaller one comes into force', [at(500, 5_000), at(1_400, 100)], 400],
    ['is a smaller one where that is longer', [at(500, 5_000), at(1_400, 600)], 600],
    ['is the one before a smaller one came into force', [at(1_500, 50)], DELAY_MS],
    ['is not one set after the read', [at(2_001, 700)], DELAY_MS],
    ['is not that of another region', [at(1_500, 700, 'us-east')], DELAY_MS],
  ])('%s', (_title, delays, expected) => {
    expect(lastOf({ operations, delays })?.allowedMs).toBe(expected);
  });

  it.each([
    ['cut', fault('partition', 'origin<->kafka', { fromMs: 900, toMs: 1_100 })],
    ['slow', { ...fault('latency', 'origin<->kafka', { fromMs: 900, toMs: 1_100 }), slows: { invalidationMs: 10, fetchMs: 0, callMs: 0 } }],
  ])('is the largest where a link was %s: it may have come later', (_how, broken) => {
    const given = { operations, delays: [at(1_700, 700)], faults: [broken] };
    const slowedMs = broken.slows?.invalidationMs ?? 0;
    expect(lastOf(given)?.allowedMs).toBe(700 + slowedMs);
  });

  it('must be in the history', () => {
    const far = [write(2, 1_000), read(1, 2_000, { region: 'mars' })];
    expect(() => lastOf({ operations: far })).toThrow('expected the delay of mars in the history, got none');
  });
});

describe('a read labelled stale', () => {
  const stale = (startMs: number, more: Parameters<typeof read>[2] = {}) => read(1, startMs, { status: 'stale', ...more });
  const cases: readonly (readonly [title: string, before: readonly Operation[], fromMs: number])[] = [
    ['is not stale at all when it is the first', [], 9_000],
    ['is measured from the end of the first so labelled', [stale(5_000, { endMs: 5_010 }), stale(7_000)], 5_010],
    ['is not measured from one labelled fresh', [read(1, 5_000)], 9_000],
    ['is not measured from one of another region', [stale(5_000, { region: 'us-east' })], 9_000],
    ['is not measured from one of another version', [read(0, 5_000, { status: 'stale' })], 9_000],
    ['is not measured from one of another key', [stale(5_000, { key: 'content:8' })], 9_000],
    ['is not measured from one before the supersession: that revalidation is over', [stale(500)], 9_000],
    ['is not measured from one begun before the supersession', [stale(999)], 9_000],
    ['nor from one that may have found that revalidation under way', [stale(500, { endMs: 510 }), stale(2_509)], 9_000],
    ['but from one that cannot have', [stale(500, { endMs: 510 }), stale(2_510)], 2_512],
    [
      'nor from one that may have found under way what an answer of another version asked for',
      [read(0, 500, { status: 'stale', endMs: 510 }), stale(2_509)],
      9_000,
    ],
    ['but from one that cannot have, either', [read(0, 500, { status: 'stale', endMs: 510 }), stale(2_510)], 2_512],
    ['is measured from the first that ended', [stale(5_000, { endMs: 6_000 }), stale(5_100)], 5_102],
  ];
  it.each(cases)('%s', (_title, before, fromMs) => {
    const last = lastOf({ operations: [write(2, 1_000), ...before, stale(9_000)] });
    expect(last).toMatchObject({ fromMs, stalenessMs: 9_000 - fromMs });
  });

  it('is not measured from one that may have found a revalidation under way that a fault need not have made fail', () => {
    const faults = [fault('partition', 'edge:eu-west<->origin', { fromMs: 400, toMs: 600 })];
    const fromOf = (startMs: number) =>
      lastOf({ operations: [write(2, 1_000), stale(500, { endMs: 510 }), stale(startMs), stale(9_000)], faults });
    expect(fromOf(2_509)).toMatchObject({ fromMs: 9_000 });
    expect(fromOf(2_510)).toMatchObject({ fromMs: 2_512 });
  });

  const hard = (startMs: number, more: Parameters<typeof purge>[1] = {}) => purge(startMs, { type: 'tag', target: 'lab-tag-3', ...more });
  const retagged = write(2, 1_000, { tag: 'lab-tag-3' });
  const refused: readonly (readonly [title: string, changes: readonly Operation[], before: readonly Operation[], fromMs: number])[] = [
    ['not from one whose fetch a purge of the new tag may have refused, once more', [hard(500), retagged], [stale(3_000)], 9_000],
    ['nor from another that shares that fetch', [hard(500), retagged], [stale(3_000), stale(4_990)], 9_000],
    ['but from the next one: two in a row nothing explains', [hard(500), retagged], [stale(3_000), stale(5_010)], 5_012],
    ['from the first, where its tag is what it was: the old entry would be gone', [hard(500), write(2, 1_000)], [stale(3_000)], 3_002],
    ['from the first, where the purge is of another tag', [hard(500, { target: 'lab-tag-4' }), retagged], [stale(3_000)], 3_002],
    ['from the first, where the purge is of all', [hard(500, { type: 'all', target: '*' }), retagged], [stale(3_000)], 3_002],
    ['from the first, where the purge is soft', [hard(500, { mode: 'soft' }), retagged], [stale(3_000)], 3_002],
    ['from the first, where the purge certainly did not happen', [hard(500, { outcome: 'fail' }), retagged], [stale(3_000)], 3_002],
    ['from the first, where the purge was sent after the fetch', [hard(5_100), retagged], [stale(3_000)], 3_002],
  ];
  it.each(refused)('is measured %s', (_title, changes, before, fromMs) => {
    const operations = [...changes, ...before, stale(9_000)];
    expect(lastOf({ operations })).toMatchObject({ fromMs, stalenessMs: 9_000 - fromMs });
  });

  it('may be stale for as long as one fetch', () => {
    expect(lastOf({ operations: [write(2, 1_000), stale(9_000)] })?.allowedMs).toBe(2_000);
  });

  it('does not excuse one labelled fresh', () => {
    expect(lastOf({ operations: [write(2, 1_000), stale(5_000), read(1, 9_000)] })).toMatchObject({
      fromMs: 1_000,
      allowedMs: DELAY_MS,
    });
  });
});

describe('the time of faults', () => {
  const operations = [write(2, 1_000), read(1, 9_000)];
  const faults = [
    fault('partition', 'edge:eu-west<->kafka', { fromMs: 2_000, toMs: 3_000, allowanceMs: 1_000 }),
    fault('kill', 'origin', { fromMs: 3_500, toMs: 5_000 }),
  ];
  it('does not count, nor twice where it overlaps', () => {
    expect(lastOf({ operations, faults })?.stalenessMs).toBe(8_000 - 3_000);
  });

  it('counts under the strict rule', () => {
    expect(lastOf({ operations, faults }, 'strict')?.stalenessMs).toBe(8_000);
  });

  it('counts until a fault was seen in effect; what it may have caused before is in doubt', () => {
    const seenLate = faults.map((one) => ({ ...one, seenMs: one.injectedMs + 400 }));
    expect(lastOf({ operations, faults: seenLate })).toMatchObject({ stalenessMs: 8_000 - 3_000 + 400, unseenMs: 400 });
  });

  it('counts where no effect was seen at all, and is in doubt to its end', () => {
    const unseen = faults.map((one) => ({ ...one, effect: 'unconfirmed' as const }));
    expect(lastOf({ operations, faults: unseen })).toMatchObject({ stalenessMs: 8_000, unseenMs: 3_000 });
  });
});

describe('a slow link', () => {
  const operations = [write(2, 1_000), read(1, 9_000)];
  const slows = { invalidationMs: 250, fetchMs: 0, callMs: 100 };
  const slow = (target: string, times: Parameters<typeof fault>[2]) => ({ ...fault('latency', target, times), slows });
  it.each([
    ['widens the bound by what it delays', [slow('edge:eu-west<->kafka', { fromMs: 2_000, toMs: 3_000 })], 250],
    ['and by all that were in force', [slow('edge:eu-west<->kafka', { fromMs: 2_000 }), slow('origin->kafka', { fromMs: 8_000 })], 500],
    [
      'of one link by the most, where it was slow one time after another',
      [1_200, 1_600, 2_000, 2_400].map((fromMs) => slow('edge:eu-west<->kafka', { fromMs, toMs: fromMs + 50, allowanceMs: 1_000 })),
      250,
    ],
    [
      'and by all of one link that were in force together',
      [slow('edge:eu-west<->kafka', { fromMs: 2_000, toMs: 4_000 }), slow('edge:eu-west<->kafka', { fromMs: 3_000, toMs: 5_000 })],
      500,
    ],
    ['by nothing once what it held back has arrived', [slow('edge:eu-west<->kafka', { fromMs: 100, toMs: 700 })], 0],
    ['by nothing before it is there', [slow('edge:eu-west<->kafka', { fromMs: 9_000 })], 0],
    ['by nothing in another region', [slow('edge:us-east<->kafka', { fromMs: 2_000 })], 0],
    ['nor on the way to the origin, for what is labelled fresh', [slow('edge:eu-west<->origin', { fromMs: 2_000 })], 0],
  ])('%s', (_title, faults, byMs) => {
    expect(lastOf({ operations, faults })).toMatchObject({ stalenessMs: 8_000, allowedMs: DELAY_MS + byMs, unseenMs: 0 });
  });

  it('widens nothing under the strict rule', () => {
    const faults = [slow('edge:eu-west<->kafka', { fromMs: 2_000 })];
    expect(lastOf({ operations, faults }, 'strict')?.allowedMs).toBe(DELAY_MS);
  });

  it('is in doubt where how slow it was depends on what else was sent, or an older history does not tell', () => {
    const of = (one: FaultRecord) => lastOf({ operations, faults: [one] });
    const least = { ...slow('edge:eu-west<->kafka', { fromMs: 2_000, toMs: 4_000 }), slows: { ...slows, isLeast: true as const } };
    expect(of(least)).toMatchObject({ stalenessMs: 8_000, allowedMs: DELAY_MS + 250, unseenMs: 2_250 });
    expect(of(fault('latency', 'edge:eu-west<->kafka', { fromMs: 2_000, toMs: 4_000 }))).toMatchObject({ unseenMs: 2_000 });
  });

  it('stops fetches that it makes reach their deadline, two together, too', () => {
    const fetch = (fetchMs: number, fromMs: number) => ({
      ...fault('latency', 'edge:eu-west<->origin', { fromMs, toMs: 8_000 }),
      slows: { invalidationMs: 0, fetchMs, callMs: fetchMs },
    });
    const labelled = [write(2, 1_000), read(1, 1_500, { status: 'stale' }), read(1, 9_000, { status: 'stale' })];
    const stalenessMs = (...faults: FaultRecord[]) => lastOf({ operations: labelled, faults })?.stalenessMs;
    expect(stalenessMs(fetch(1_400, 2_000))).toBe(9_000 - 1_502);
    expect(stalenessMs(fetch(1_500, 4_000))).toBe(9_000 - 1_502 - 4_000);
    expect(stalenessMs(fetch(800, 4_000), fetch(800, 5_000))).toBe(9_000 - 1_502 - 3_000);
  });
});

describe('epsilon', () => {
  const epsilonOf = (operations: readonly Operation[]) => new Staleness({ history: historyOf({ operations }), rule: 'adjusted' }).epsilonMs;
  const early = (phase: Operation['phase'], excessMs: number) => [write(2, 1_000), read(1, 1_000 + DELAY_MS + excessMs, { phase })];
  it.each([
    ['is the largest excess of the warm-up', early('warmup', 200), 200],
    ['is the largest excess of the steady state', early('steady', 200), 200],
    ['is the largest of several', [...early('warmup', 200), ...early('steady', 400), ...early('steady', 300)], 400],
    ['is not measured once something is broken', early('fault', 200), EPSILON_MS],
    ['is not below 150 ms', early('steady', 20), EPSILON_MS],
    [
      'is measured by a fetch where a read is labelled stale',
      [
        write(2, 1_000),
        read(1, 1_000, { status: 'stale', startMs: 1_001, endMs: 1_002 }),
        read(1, 3_302, { status: 'stale', phase: 'steady' }),
      ],
      300,
    ],
  ])('%s', (_title, operations, expected) => {
    expect(epsilonOf(operations)).toBe(expected);
  });
});

it('says why in one sentence with its ms', () => {
  const reads = [read(1, 9_000), read(1, 12_000, { status: 'stale' }), read(1, 15_000, { status: 'stale' })];
  const faults = [fault('partition', 'edge:eu-west<->kafka', { fromMs: 2_000, toMs: 3_000, allowanceMs: 1_000 })];
  const staleness = new Staleness({
    history: historyOf({ operations: [write(2, 1_000), ...reads], faults }),
    rule: 'adjusted',
  });
  const said = judgedBy(staleness).map((stale) => stale && staleness.because(stale));
  expect(said).toEqual([
    'superseded 8000 ms before the read (6000 ms outside faults), where a delay of 300 ms and an epsilon of 150 ms are allowed; faults in that time: partition edge:eu-west<->kafka',
    'first labelled stale 0 ms before the read, where one fetch of 2000 ms and an epsilon of 150 ms are allowed',
    'first labelled stale 2998 ms before the read, where one fetch of 2000 ms and an epsilon of 150 ms are allowed',
  ]);
});
