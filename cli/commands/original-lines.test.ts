import { expect, it } from 'vitest';
import { originalLines } from './original-lines.ts';

const figures = { failed: 0, p50: 1, p95: 2, met: true };
const regional = { ...figures, delayMs: 100, newVersionMs: 120 };

it('are those of the original, to the letter', () => {
  const regions = [
    { ...regional, region: 'us-east', strategy: 'eager', reads: 1450, hitRatio: 96.1379, staleHits: 0, p99: 143.4 },
    { ...regional, region: 'eu-west', strategy: 'lazy', reads: 1450, hitRatio: 97.7931, staleHits: 17, p99: 141 },
    { ...regional, region: 'ap-south', strategy: 'lazy', reads: 1450, hitRatio: 98.1379, staleHits: 19, p99: 207.6 },
  ] as const;
  const overall = { ...figures, region: 'overall', reads: 4350, hitRatio: 97.0, staleHits: 36, p99: 207.6 };
  expect(originalLines({ regions, overall, met: true, otherReads: 0 })).toEqual([
    'US EAST (EAGER):   96.14% hit ratio, 143ms P99',
    'EU WEST (LAZY):    97.79% hit ratio, 141ms P99, 17 stale hits',
    'AP SOUTH (LAZY):   98.14% hit ratio, 208ms P99, 19 stale hits',
    'Overall:           97% hit ratio across 4,350 requests',
  ]);
});

it('have a dash where nothing was measured', () => {
  const none = { ...regional, region: 'us-east', strategy: 'eager', reads: 0, hitRatio: null, staleHits: 0, p99: null } as const;
  const overall = { ...figures, region: 'overall', reads: 0, hitRatio: null, staleHits: 0, p99: null };
  expect(originalLines({ regions: [none], overall, met: false, otherReads: 0 })).toEqual([
    'US EAST (EAGER):   -% hit ratio, -ms P99',
    'Overall:           -% hit ratio across 0 requests',
  ]);
});
