import { describe, expect, it } from 'vitest';
import { composeVerdict } from './check.ts';
import { CHECKS, type CheckName } from './checks.ts';
import { judgeHistory } from './judge.ts';
import { BOUND_MS, fault, historyOf, origin, purge, REGIONS, read, type Written, write } from './testing/history.ts';

const ALL = Object.keys(CHECKS) as CheckName[];
const context = { regions: REGIONS, staleness: 'adjusted' } as const;

function judge(written: Written, checks: readonly CheckName[] = ALL, isFinished = true) {
  const history = historyOf(written);
  if (isFinished) history.finish(99_000);
  return judgeHistory({ history, checks, context });
}

const EAST = read(2, 20_000, { region: 'us-east', final: true });
const OLD_TO_THE_END = {
  operations: [write(2, 1_000), read(1, 1_001 + BOUND_MS), read(1, 20_000, { final: true }), EAST],
  held: [origin(2)],
};

describe('all checks together', () => {
  it('answer in the order they were asked in, each by its own definition', () => {
    const results = judge(OLD_TO_THE_END, ['divergence', 'stale-after-bound', 'lost-invalidation']);
    expect(results.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['divergence', 'fail'],
      ['stale-after-bound', 'fail'],
      ['lost-invalidation', 'fail'],
    ]);
  });

  it('make one anomaly of one cause, and say where it is told', () => {
    const results = judge(OLD_TO_THE_END);
    expect(results.flatMap(({ anomalies }) => anomalies).map(({ anomaly }) => anomaly)).toEqual(['lost-invalidation']);
    const divergence = results.find(({ check }) => check === 'divergence');
    expect(divergence).toMatchObject({
      verdict: 'fail',
      anomalies: [],
      reason: '1 of 2 keys differ from the origin; reported under lost-invalidation',
    });
  });

  it('tell it under the name of the check that was asked, when the other was not', () => {
    const results = judge(OLD_TO_THE_END, ['divergence']);
    expect(results.flatMap(({ anomalies }) => anomalies).map(({ anomaly }) => anomaly)).toEqual(['divergence']);
  });

  it('keep two causes apart', () => {
    const other = [write(2, 1_000, { key: 'content:8' }), read(1, 9_000, { key: 'content:8' })];
    const results = judge({ ...OLD_TO_THE_END, operations: [...OLD_TO_THE_END.operations, ...other] });
    expect(results.flatMap(({ anomalies }) => anomalies).map(({ anomaly, key }) => [anomaly, key])).toEqual([
      ['lost-invalidation', 'content:7'],
      ['stale-after-bound', 'content:8'],
    ]);
  });

  it('are at best unknown when a fault was not seen to take effect', () => {
    const faults = [{ ...fault('kill', 'origin', { fromMs: 5_000, toMs: 6_000 }), effect: 'unconfirmed' as const }];
    const current = { operations: [write(2, 1_000), read(2, 20_000, { final: true }), EAST], held: [origin(2)] };
    expect(composeVerdict(judge(current, ['divergence']))).toBe('pass');
    const results = judge({ ...current, faults }, ['divergence']);
    expect(composeVerdict(results)).toBe('unknown');
    expect(results.at(-1)?.reason).toBe('no effect was seen of kill origin');
  });

  it('are at best unknown when the end is told and an operation has none: lines are missing', () => {
    const open = read(2, 3_000, { outcome: undefined, endMs: undefined });
    const results = judge({ operations: [write(2, 1_000), read(2, 2_000), open] }, ['stale-after-bound']);
    expect(results.at(-1)).toEqual({
      check: 'history',
      verdict: 'unknown',
      reason: 'the run ended, but no end is recorded for 1 of 3 operations',
      anomalies: [],
    });
  });

  it('are at best unknown when the run did not get to its end', () => {
    const current = { operations: [write(2, 1_000), read(2, 20_000, { final: true }), EAST], held: [origin(2)] };
    const results = judge(current, ['divergence'], false);
    expect(results.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['divergence', 'pass'],
      ['history', 'unknown'],
    ]);
    expect(composeVerdict(results)).toBe('unknown');
  });

  it('never pass an empty history', () => {
    const results = judge({ operations: [] });
    expect(results.map(({ verdict }) => verdict)).toEqual(ALL.map(() => 'unknown'));
  });

  it.each([
    ['refill-storm', 'the check needs how often each edge asked the origin, which the history does not say'],
    ['purge-ignored', 'the check needs when the origin was asked for each answer, which the history does not say'],
  ] as const)('are unknown by the name of what %s needs and nobody told', (check, reason) => {
    const operations = [write(2, 1_000), purge(2_000), read(2, 9_000)];
    expect(judge({ operations, held: [origin(2)] }, [check])).toMatchObject([{ check, verdict: 'unknown', reason }]);
  });

  it('ask nobody how often a cache asked the origin whose readers may join a fetch', () => {
    const operations = [write(2, 1_000), purge(2_000), read(2, 9_000)];
    const bounds = Object.fromEntries(
      REGIONS.map((region) => [region, { fetchDeadlineMs: 2_000, joinDeadlineMs: 1_000, joins: true } as const]),
    );
    const [{ reason = '' } = {}] = judge({ operations, held: [origin(2)], bounds }, ['refill-storm']);
    expect(reason).not.toContain('does not say');
  });

  it('have the names they are listed by, and one sentence each', () => {
    expect(Object.values(CHECKS).map(({ name }) => name)).toEqual(ALL);
    for (const { about } of Object.values(CHECKS)) expect(about).toMatch(/^[^.]+$/);
  });
});

describe('a fault', () => {
  const CUT = fault('partition', 'edge:eu-west<->kafka', { fromMs: 2_000, toMs: 3_000 });
  const reasonsOf = (one: Partial<typeof CUT>) =>
    judge({ operations: [], faults: [{ ...CUT, ...one }] })
      .filter(({ check }) => check === 'heals')
      .map(({ verdict, reason }) => `${verdict}: ${reason}`);

  it('whose heal was seen in time says nothing', () => {
    expect(reasonsOf({ healingMs: 2_800 })).toEqual([]);
    expect(reasonsOf({ healingMs: 3_000, healedMs: 18_000 })).toEqual([]);
  });

  it('whose heal was seen late, or never, makes the verdict unknown and says so', () => {
    expect(reasonsOf({ healingMs: 3_000, healedMs: 40_000 })).toEqual([
      'unknown: the heal of partition edge:eu-west<->kafka was not seen for 37.0 s: nothing in that time was judged',
    ]);
    expect(reasonsOf({ healingMs: 3_000, healedMs: undefined })).toEqual([
      'unknown: the heal of partition edge:eu-west<->kafka was not seen: nothing after 2.0 s could be judged',
    ]);
  });
});
