import { describe, expect, it } from 'vitest';
import { boundsInForce, settingsOfRegion } from './settings-of-region.ts';

const BOUNDS = { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000, leaseMs: 10_000, skewMs: 20 };
const { leaseMs: _, skewMs: __, ...UNLEASED } = BOUNDS;
const REGION = { region: 'eu-west', url: 'http://127.0.0.1:1', delayMs: 300, strategy: 'lazy' } as const;

describe('what a region promises while its settings are held', () => {
  it.each([
    ['its own lease, with its own skew', BOUNDS, { ...REGION, leaseMs: 5_000 }, { ...BOUNDS, leaseMs: 5_000 }],
    ['the skew that it is said to have', BOUNDS, { ...REGION, leaseMs: 5_000, skewMs: 0 }, { ...BOUNDS, leaseMs: 5_000, skewMs: 0 }],
    ['no bound without a lease', BOUNDS, { ...REGION, leaseMs: 0 }, UNLEASED],
    ['the skew of an edge that is told none', UNLEASED, { ...REGION, leaseMs: 5_000 }, { ...UNLEASED, leaseMs: 5_000, skewMs: 500 }],
  ])('is %s', (_title, bounds, region, expected) => {
    expect(boundsInForce(bounds, region)).toEqual(expected);
    expect(settingsOfRegion(region)).toEqual({ propagationDelayMs: 300, strategy: 'lazy', freshnessLeaseMs: region.leaseMs });
  });
});
