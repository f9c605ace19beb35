import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { clockAhead, edgeSample, fault, historyOf, KEY, origin, REGIONS, read, type Written, write } from '../testing/history.ts';
import { lostInvalidation } from './lost-invalidation.ts';

const judge = (written: Written) => judgeBy(lostInvalidation, historyOf(written), { regions: REGIONS, staleness: 'adjusted' });

const WRITTEN = write(3, 1_000);
const last = (version: number, more: Parameters<typeof read>[2] = {}) => read(version, 20_000, { final: true, phase: 'final', ...more });
const EAST = last(3, { region: 'us-east' });
const HELD = [origin(3)];
const LOST = [WRITTEN, EAST, last(2)];
const PUBLISHED = { event: 'e1', target: KEY, version: 3, sentMs: 1_010 };
const applied = (region: string, version = 3) => ({ event: 'e1', region, target: KEY, version, mode: 'hard' as const, appliedMs: 1_300 });

/** Until 10 s nothing comes through. */
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 900, toMs: 8_000, allowanceMs: 2_000 });
/** Two samples: of 2 s, with events until then that may be in no list, and of 19 s. */
const unlisted = <Sample extends object>(unlistedToMs: number, sample: Sample) =>
  [
    { ...sample, atMs: 2_000, unlistedToMs },
    { ...sample, atMs: 19_000 },
  ] as const;
const killed = (target: string, seenMs: number) => ({ ...fault('kill', target, { fromMs: 900, toMs: 1_900 }), seenMs });
/** The list of the region began after the write and the fault. */
const begunAfter = (kill: FaultRecord): Partial<Written> => ({
  published: [PUBLISHED],
  edgeSamples: unlisted(1_500, edgeSample(0)),
  readings: clockAhead(0),
  faults: [kill],
});
const ELSEWHERE = { of: 'edge:us-east', atMs: 20_000, overMs: 19_000, waitedMs: 19_000 };

describe('lost-invalidation', () => {
  const cases: readonly (readonly [title: string, written: Written, verdict: 'pass' | 'fail' | 'unknown'])[] = [
    ['passes when every region has what the origin holds', { operations: [WRITTEN, EAST, last(3)], held: HELD }, 'pass'],
    ['fails on an older version called fresh', { operations: LOST, held: HELD }, 'fail'],
    ['fails on content after its deletion', { operations: LOST, held: [origin(3, { deleted: true })] }, 'fail'],
    ['fails on an older 404', { operations: [WRITTEN, EAST, last(0, { found: false })], held: HELD }, 'fail'],
    ['leaves one labelled stale to mislabelled', { operations: [WRITTEN, EAST, last(2, { status: 'stale' })], held: HELD }, 'pass'],
    ['judges the last of several final answers', { operations: [WRITTEN, EAST, last(2), last(3)], held: HELD }, 'pass'],
    ['is unknown when a region was not read at the end', { operations: [WRITTEN, EAST, read(3, 9_000)], held: HELD }, 'unknown'],
    ['is unknown when its last read failed', { operations: [WRITTEN, EAST, last(3, { outcome: 'fail' })], held: HELD }, 'unknown'],
    [
      'is unknown when the machine stood still for most of the time there was to catch up',
      { operations: LOST, held: HELD, faults: [CUT], stalls: [[10_050, 4_900]] },
      'unknown',
    ],
    ['fails when it did for less', { operations: LOST, held: HELD, faults: [CUT], stalls: [[10_050, 4_700]] }, 'fail'],
    [
      'fails when it did while a fault excused the region anyway',
      { operations: LOST, held: HELD, faults: [CUT], stalls: [[2_000, 7_000]] },
      'fail',
    ],
    ['fails on one region though the edge of another stood still', { operations: LOST, held: HELD, pressures: [ELSEWHERE] }, 'fail'],
    ['is unknown when nothing was written', { operations: [] }, 'unknown'],
  ];
  it.each(cases)('%s', (_title, written, verdict) => {
    expect(judge(written).verdict).toBe(verdict);
  });

  const subKinds: readonly (readonly [title: string, evidence: Partial<Written>, subKind: string | undefined])[] = [
    ['nothing is known', {}, undefined],
    ['the log never took it', { originSamples: [{ atMs: 19_000, pending: 0 }] }, 'unpublished'],
    ['a list of the origin may be without it', { originSamples: unlisted(1_500, { pending: 2 }) }, undefined],
    [
      'a list of the origin may be without what came before it',
      {
        originSamples: [0, 2_000].map((atMs) => ({
          atMs,
          pending: 0,
          clock: { fromMs: atMs, toMs: atMs, nowMs: atMs },
          ...(atMs > 0 ? { unlistedToMs: 900 } : {}),
        })),
      },
      'unpublished',
    ],
    ['a list of the region may be without it', { published: [PUBLISHED], edgeSamples: unlisted(1_500, edgeSample(0)) }, undefined],
    [
      'a list of the region may be without what came before it',
      { published: [PUBLISHED], edgeSamples: unlisted(900, edgeSample(0)), readings: clockAhead(0) },
      'unapplied',
    ],
    [
      'a list of another region may be without it',
      { published: [PUBLISHED], edgeSamples: [...unlisted(1_500, edgeSample(0, { region: 'us-east' })), edgeSample(19_000)] },
      'unapplied',
    ],
    ['the edge was dead from before the write until its list began', begunAfter(killed('edge:eu-west', 950)), 'unapplied'],
    ['the edge was seen dead only after the write', begunAfter(killed('edge:eu-west', 1_050)), undefined],
    ['another edge was dead', begunAfter(killed('edge:us-east', 950)), undefined],
    ['it waits in the outbox', { originSamples: [{ atMs: 19_000, pending: 2 }] }, 'unpublished'],
    ['the region is behind the log', { published: [PUBLISHED], edgeSamples: [edgeSample(19_000, { lag: 3 })] }, 'undelivered'],
    ['the region does not reach the log', { published: [PUBLISHED], edgeSamples: [edgeSample(19_000, { lag: null })] }, 'undelivered'],
    ['it waits in the region', { published: [PUBLISHED], edgeSamples: [edgeSample(19_000, { lag: 3, queued: 3 })] }, 'unapplied'],
    ['the region is past it', { published: [PUBLISHED], edgeSamples: [edgeSample(19_000)] }, 'unapplied'],
    ['only another region applied it', { applied: [applied('us-east')], edgeSamples: [edgeSample(19_000)] }, 'unapplied'],
    ['the region applied it', { published: [PUBLISHED], applied: [applied('eu-west')], edgeSamples: [edgeSample(19_000)] }, 'overwritten'],
    [
      'the region says that it applied it, and the entry was fetched long before',
      { operations: [WRITTEN, EAST, last(2, { cachedMs: -701 })], applied: [applied('eu-west')] },
      'unapplied',
    ],
    [
      'the region applied it while a fetch of the entry may have been under way',
      { operations: [WRITTEN, EAST, last(2, { cachedMs: -700 })], applied: [applied('eu-west')], readings: clockAhead(0) },
      'overwritten',
    ],
    [
      'the region says that it applied it, and had answered the entry before',
      {
        operations: [read(2, 1_100, { cachedMs: 900 }), WRITTEN, EAST, last(2, { cachedMs: 900 })],
        applied: [applied('eu-west')],
        readings: clockAhead(0),
      },
      'unapplied',
    ],
    [
      'the same by a clock that is far behind',
      {
        operations: [read(2, 1_100, { cachedMs: -7_100 }), WRITTEN, EAST, last(2, { cachedMs: -7_100 })],
        applied: [{ ...applied('eu-west'), appliedMs: applied('eu-west').appliedMs - 8_000 }],
        readings: clockAhead(-8_000),
      },
      'unapplied',
    ],
    [
      'it had answered the entry before, and nobody asked what its clock says',
      { operations: [read(2, 1_100, { cachedMs: 900 }), WRITTEN, EAST, last(2, { cachedMs: 900 })], applied: [applied('eu-west')] },
      undefined,
    ],
    [
      'its clock was set since the entry was fetched',
      {
        operations: [WRITTEN, EAST, last(2, { cachedMs: -9_701 })],
        applied: [applied('eu-west')],
        readings: [...clockAhead(-9_000, { untilMs: 1_000 }), ...clockAhead(0, { fromMs: 1_000 })],
      },
      undefined,
    ],
    [
      'the region applied an older one',
      { published: [PUBLISHED], applied: [applied('eu-west', 2)], edgeSamples: [edgeSample(19_000)] },
      'unapplied',
    ],
    ['its cache had answered it', { operations: [WRITTEN, read(3, 5_000), EAST, last(2)] }, 'overwritten'],
    ['the edge had answered it past the cache', { operations: [WRITTEN, read(3, 5_000, { source: 'origin' }), EAST, last(2)] }, undefined],
  ];
  it.each(subKinds)('says how far it got when %s', (_title, evidence, subKind) => {
    expect(judge({ operations: LOST, held: HELD, ...evidence }).anomalies.map((anomaly) => anomaly.subKind)).toEqual([subKind]);
  });

  it('shows the sample whose list may be without it', () => {
    const ofOrigin = unlisted(1_500, { pending: 0 });
    const [unpublished] = judge({ operations: LOST, held: HELD, originSamples: ofOrigin }).anomalies;
    expect(unpublished?.explain).toContain('the origin lists only its last events, and may have published this one between two looks');
    expect(unpublished?.witness).toEqual([WRITTEN, ofOrigin[0], { ...last(2), id: 2 }]);
    const ofRegion = unlisted(1_500, edgeSample(0));
    const [unapplied] = judge({ operations: LOST, held: HELD, published: [PUBLISHED], edgeSamples: ofRegion }).anomalies;
    expect(unapplied?.explain).toContain('the region lists only its last events, and may have applied this one between two looks');
    expect(unapplied?.witness).toEqual([WRITTEN, PUBLISHED, ofRegion[0], { ...last(2), id: 2 }]);
  });

  it.each([
    ['past it', edgeSample(19_000), 'the region is past the event at offset 5 of partition 2 in the log and never applied it'],
    ['behind', edgeSample(19_000, { lag: 3 }), 'the region was 3 events behind the log; the event is at offset 5 of partition 2'],
  ])('shows where in the log it is when another region applied it and this one is %s', (_title, sample, because) => {
    const elsewhere = { ...applied('us-east'), partition: 2, offset: 5 };
    const evidence = { published: [PUBLISHED], applied: [elsewhere], edgeSamples: [sample] };
    const [anomaly] = judge({ operations: LOST, held: HELD, ...evidence }).anomalies;
    expect(anomaly?.explain).toContain(because);
    expect(anomaly?.witness).toEqual([WRITTEN, PUBLISHED, elsewhere, sample, { ...last(2), id: 2 }]);
  });

  it('shows the write, the evidence, the read and the faults since, with one sentence', () => {
    const cut = fault('partition', 'edge:eu-west<->kafka', { fromMs: 900, toMs: 2_000 });
    const sample = edgeSample(19_000, { lag: 3 });
    const [anomaly] = judge({ operations: LOST, held: HELD, published: [PUBLISHED], edgeSamples: [sample], faults: [cut] }).anomalies;
    expect(anomaly).toEqual({
      anomaly: 'lost-invalidation',
      subKind: 'undelivered',
      region: 'eu-west',
      key: KEY,
      version: 2,
      explain:
        'expected version 3 in eu-west, got version 2 labelled fresh from the cache after settle: the region was 3 events behind the log; faults since: partition edge:eu-west<->kafka',
      witness: [WRITTEN, PUBLISHED, sample, { ...last(2), id: 2 }, cut],
    });
  });
});
