/** When a region is said to fall behind and to catch up, on literal observations. */
import { describe, expect, it } from 'vitest';
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { Observation, Seen } from './protocol.ts';
import { RegionWatch } from './region-watch.ts';

const UNSEEN = { metrics: undefined, answeredMs: undefined, failures: 0 };

function seen(answeredMs: number, lag: number | null, more: Partial<EdgeMetrics['log']> = {}, failures = 0): Seen<EdgeMetrics> {
  const log = { connected: lag !== null, catchingUp: false, lag, applied: {}, queued: 0, unreadable: 0, ...more };
  return { metrics: { log } as EdgeMetrics, answeredMs, failures };
}

/** What is said of one region by these observations of it. */
function saidOf(...observations: readonly Seen<EdgeMetrics>[]): readonly string[] {
  const said: string[] = [];
  const watch = new RegionWatch((tone, text) => void said.push(`${tone}: ${text}`));
  for (const region of observations) watch.observe({ origin: UNSEEN, regions: { 'eu-west': region } } satisfies Observation);
  return said;
}

describe('a region', () => {
  it('falls behind and catches up once each, however often it is seen', () => {
    expect(saidOf(seen(0, 0), seen(500, 9), seen(1_000, 40), seen(1_500, 5), seen(2_000, 2), seen(2_500, 0))).toEqual([
      'warning: eu-west is 9 events behind',
      'good: eu-west has caught up',
    ]);
  });

  it('that is a write or two behind is no news', () => {
    expect(saidOf(seen(0, 0), seen(500, 7), seen(1_000, 0))).toEqual([]);
  });

  it('that catches up just after its start is no news', () => {
    expect(saidOf(seen(0, null), seen(500, 3, { catchingUp: true }), seen(1_000, 0))).toEqual([]);
  });

  it('that was cut off before it was ever up to date is told of all the same', () => {
    expect(saidOf(seen(0, null), seen(2_000, null), seen(3_500, null))).toEqual(['warning: eu-west hears nothing from the log']);
  });

  it('whose log is only slow to say how far it is, is no news', () => {
    expect(saidOf(seen(0, 0), seen(500, null, { connected: true }), seen(1_000, 0))).toEqual([]);
  });

  it('that is behind and then cut off is told of twice', () => {
    expect(saidOf(seen(0, 0), seen(500, 12), seen(1_000, null), seen(1_500, null), seen(2_000, 60), seen(2_500, 0))).toEqual([
      'warning: eu-west is 12 events behind',
      'warning: eu-west hears nothing from the log',
      'good: eu-west has caught up',
    ]);
  });

  it('that does not answer says nothing new', () => {
    expect(saidOf(seen(0, 0), seen(0, 50, {}, 2), seen(0, 50, {}, 3))).toEqual([]);
  });
});
