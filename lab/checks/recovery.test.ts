import { describe, expect, it } from 'vitest';
import type { EdgeSample, OriginSample } from '../history/records.ts';
import { FaultWindows } from './fault-windows.ts';
import { edgeSample, fault, historyOf } from './testing/history.ts';

const FRESH = { region: 'eu-west', status: 'fresh' } as const;
const ALL = { fromMs: 0, toMs: 60_000 };
/** In force for ten seconds, excused for as long again. */
const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 10_000, toMs: 20_000, allowanceMs: 10_000 });
const KAFKA = fault('kill', 'kafka', { fromMs: 10_000, toMs: 20_000, allowanceMs: 10_000 });

const well = (atMs: number, more: Partial<EdgeSample> = {}) => edgeSample(atMs, { caughtUp: true, joins: 1, ...more });
const ill = (atMs: number) => well(atMs, { caughtUp: false });

function excusedMs(edgeSamples: readonly EdgeSample[], faults = [CUT], originSamples: readonly OriginSample[] = []): number {
  return 60_000 - new FaultWindows(historyOf({ operations: [], faults, edgeSamples, originSamples })).unexcusedMs(FRESH, ALL);
}

describe('the recovery of a region from a fault', () => {
  it.each<readonly [string, readonly EdgeSample[], number]>([
    ['lasts for what the table allows where the region says nothing', [], 20_000],
    ['and where its samples do not tell', [edgeSample(21_000), edgeSample(22_000)], 20_000],
    ['ends when it has said twice that it has caught up', [well(21_000), well(22_000), well(23_000)], 12_000],
    ['not when it has said so once', [well(21_000)], 20_000],
    ['not by what it said before the heal was seen', [well(18_000), well(19_000), well(20_000), well(21_000)], 20_000],
    ['nor while it has not caught up', [ill(21_000), ill(22_000), well(23_000), well(24_000)], 14_000],
    ['nor before it falls behind again', [well(21_000), well(22_000), ill(25_000), well(26_000), well(27_000)], 17_000],
    ['nor by two samples with a join in between', [well(21_000), well(22_000, { joins: 2 }), well(23_000, { joins: 2 })], 13_000],
    ['nor by samples of two processes', [well(21_000), well(22_000, { since: 'later' }), well(23_000, { since: 'later' })], 13_000],
    ['nor by another region', [well(21_000, { region: 'us-east' }), well(22_000, { region: 'us-east' })], 20_000],
    ['never lasts longer than the table allows', [ill(21_000), ill(29_000), well(31_000), well(32_000)], 20_000],
  ])('%s', (_title, samples, expectedMs) => {
    expect(excusedMs(samples)).toBe(expectedMs);
  });

  it('waits for the origin to drain its outbox where the fault held up what all regions wait for', () => {
    const samples = [21_000, 22_000, 23_000, 24_000, 25_000].map((atMs) => well(atMs));
    const pending = (atMs: number, count: number) => ({ atMs, pending: count });
    expect(excusedMs(samples, [KAFKA], [pending(21_500, 4), pending(22_500, 0)])).toBe(14_000);
    expect(excusedMs(samples, [KAFKA], [pending(21_500, 4)])).toBe(20_000);
  });

  it('takes an empty outbox for nothing while the relay may not have asked the database again: what could not be written does not wait', () => {
    const samples = [21_000, 22_000, 23_000, 24_000, 25_000].map((atMs) => well(atMs));
    const empty = samples.map(({ atMs }) => ({ atMs: atMs - 500, pending: 0 }));
    const postgres = fault('kill', 'postgres', { fromMs: 10_000, toMs: 20_000, allowanceMs: 10_000 });
    const link = fault('partition', 'origin<->postgres', { fromMs: 10_000, toMs: 20_000, allowanceMs: 10_000 });
    expect(excusedMs(samples, [KAFKA], empty)).toBe(12_000);
    expect(excusedMs(samples, [postgres], empty)).toBe(14_000);
    expect(excusedMs(samples, [link], empty)).toBe(14_000);
  });

  it('begins when a link so slow that calls across it fail is healed, too', () => {
    const slow = { ...fault('latency', 'edge:eu-west<->kafka', { fromMs: 5_000, toMs: 25_000 }), id: 'f2' };
    const slows = { invalidationMs: 2_500, fetchMs: 0, callMs: 1_000 };
    expect(excusedMs([], [CUT, { ...slow, slows }])).toBe(25_000);
    expect(excusedMs([], [CUT, { ...slow, slows: { ...slows, callMs: 400 } }])).toBe(20_000);
  });
});
