/**
 * What a lab under a steady load tells, made up: figures of three regions that change with each update, two faults in
 * force.
 */
import type { LiveEvent, Observation } from '../../../lab/live/protocol.ts';
import { edgeMetrics, fault, originMetrics, REGIONS, ready } from '../../view/testing/view.ts';

const KEYS = 12;
const WRITES_PER_KEY = 12;
const RECENT = 20;

export function feedBegin(): readonly LiveEvent[] {
  const inForce = [
    fault({ id: 'f1', fault: 'partition', target: 'edge:us-east<->kafka', region: 'us-east' }),
    fault({ id: 'f2', fault: 'latency', target: 'edge:eu-west<->origin', region: 'eu-west' }),
  ];
  return [ready(), { type: 'load', t: 100, rates: { readsPerSecond: 60, writesPerSecond: 1 } }, { type: 'faults', t: 200, inForce }];
}

/** `update`: the how many-th, from 0. */
export function feedAt(update: number, t: number): readonly LiveEvent[] {
  const staleness = { p99: update % 900, max: 1_000, oldReads: update % 5, reads: 600 };
  return [
    { type: 'observed', t, observation: observationAt(update, t) },
    {
      type: 'judged',
      t,
      verdict: { state: 'clear', violations: 0, reason: 'the last minute' },
      staleness: Object.fromEntries(REGIONS.map((region) => [region, staleness])),
      reads: Object.fromEntries(Array.from({ length: KEYS }, (_, key) => [`content:${key + 1}`, 100 + ((update * key) % 90)])),
    },
  ];
}

function observationAt(update: number, t: number): Observation {
  const versionOf = (key: number) => 1 + Math.floor((update + key) / WRITES_PER_KEY);
  const keys = Array.from({ length: KEYS }, (_, key) => ({ key: `content:${key + 1}`, version: versionOf(key) }));
  const recent = Array.from({ length: RECENT }, (_, at) => ({
    id: `e${update + at}`,
    type: 'key' as const,
    target: `content:${1 + (at % KEYS)}`,
    version: versionOf(at % KEYS),
    mode: 'soft' as const,
    recordedAt: t,
    arrivedAt: t + 100,
    dueAt: t + 400,
    appliedAt: t + 400,
    partition: at % 3,
    offset: update + at,
  }));
  const seen = (region: string, at: number) => {
    const versions = keys.map(({ key, version }, row) => ({
      key,
      version: Math.max(1, version - ((row + at) % 4 === 0 ? 1 : 0)),
      state: 'fresh' as const,
    }));
    const window = { requests: 200 + (update % 7), hitRatio: 90 + (update % 10), p50: 0.4, p95: 2 + (update % 3), p99: 5 + (update % 30) };
    return { metrics: edgeMetrics(region, { versions, window, recent }), answeredMs: t, failures: 0 };
  };
  const origin = { metrics: originMetrics(keys.map((row) => ({ ...row, deleted: false }))), answeredMs: t, failures: 0 };
  return { origin, regions: Object.fromEntries(REGIONS.map((region, at) => [region, seen(region, at)])) };
}
