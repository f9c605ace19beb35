/** What the last answers prove while a fault stands, or after a run that was cut off. */
import { describe, expect, it } from 'vitest';
import type { FaultRecord } from '../history/records.ts';
import { divergence } from './anomalies/divergence.ts';
import { lostInvalidation } from './anomalies/lost-invalidation.ts';
import { judgeBy } from './pass.ts';
import { BOUND_MS, fault, historyOf, origin, read, write } from './testing/history.ts';

const OLD = [write(2, 1_000), read(1, 20_000, { final: true })];
const STANDS = { fromMs: 500 } as const;
const regions = ['eu-west'] as const;

function verdictsOf(faults: readonly FaultRecord[], staleness: 'adjusted' | 'strict' = 'adjusted') {
  const history = historyOf({ operations: OLD, held: [origin(2)], faults });
  return [divergence, lostInvalidation].map((check) => judgeBy(check, history, { regions, staleness }));
}

describe('a last answer that is behind', () => {
  it.each<[string, FaultRecord]>([
    ['the log is still away', fault('pause', 'kafka', STANDS)],
    ['the region is still cut off from the log', fault('partition', 'edge:eu-west<->kafka', STANDS)],
    ['the region is still cut off from the origin', fault('partition', 'edge:eu-west->origin', STANDS)],
    ['a link to the log is still slow', fault('latency', 'origin->kafka', STANDS)],
  ])('proves nothing while %s, and says so', (_title, standing) => {
    for (const { verdict, reason } of verdictsOf([standing])) {
      expect(verdict).toBe('unknown');
      expect(reason).toContain(`while the heal of ${standing.fault} ${standing.target.text} was not seen`);
    }
  });

  it.each([
    [BOUND_MS, 'unknown'],
    [BOUND_MS + 1, 'fail'],
  ])('proves nothing before its delay has passed: %s ms after the write it is %s', (afterMs, expected) => {
    const operations = [write(2, 20_000 - afterMs), read(1, 20_000, { final: true })];
    const history = historyOf({ operations, held: [origin(2)] });
    for (const check of [divergence, lostInvalidation]) {
      const { verdict, reason } = judgeBy(check, history, { regions, staleness: 'adjusted' });
      expect(verdict).toBe(expected);
      if (expected === 'unknown') expect(reason).toContain('settle was too short');
    }
  });

  it.each<[string, readonly FaultRecord[], 'adjusted' | 'strict']>([
    ['nothing was broken', [], 'adjusted'],
    ['what was broken was seen healed', [fault('pause', 'kafka', { fromMs: 500, toMs: 5_000 })], 'adjusted'],
    ['another region is cut off', [fault('partition', 'edge:us-east<->kafka', STANDS)], 'adjusted'],
    ['only a setting is still another', [fault('propagation-delay', 'edge:eu-west', STANDS)], 'adjusted'],
    ['no fault excuses anything', [fault('pause', 'kafka', STANDS)], 'strict'],
  ])('is the region’s where %s', (_title, faults, staleness) => {
    expect(verdictsOf(faults, staleness).map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  });
});
