/** The checks that judge by time against a system that is right, and against one that was right but for one read. fast-check prints its seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../load/history.ts';
import { KEY, REGIONS, read, write } from './history-test-support.ts';
import { historyOfPlan, plans } from './model-test-support.ts';
import { staleAfterBound } from './stale-after-bound.ts';
import { versionRegression } from './version-regression.ts';

const ADJUSTED = { regions: REGIONS, staleness: 'adjusted' } as const;
const STRICT = { regions: REGIONS, staleness: 'strict' } as const;
const RUNS = 1_000;
/** Each takes 3 s of a core that has nothing else to do. */
const DEADLINE_MS = 120_000;
/** After everything modelled is over. */
const AFTER_MS = 40_000;
/** Far above any version of the model. */
const VERSION = 1_000;

const slice = fc.record({ region: fc.constantFrom(...REGIONS), aboveMs: fc.integer({ min: 1, max: 5_000 }), delayMs: fc.nat(2_000) });

interface Addition {
  readonly region: string;
  /** Above the bound by so much. */
  readonly aboveMs: number;
  readonly delayMs: number;
}

/** The history with a version that a region's cache answered, and then an older one. */
function withOld(history: History, { region, aboveMs, delayMs }: Addition): History {
  history.addDelay({ region, atMs: AFTER_MS - 1, delayMs });
  history.add({ ...write(VERSION, AFTER_MS), id: history.nextId });
  history.add({ ...read(VERSION, AFTER_MS + 1, { region, endMs: AFTER_MS + 1 }), id: history.nextId });
  const startMs = AFTER_MS + Math.max(2, delayMs + 150 + aboveMs);
  history.add({ ...read(VERSION - 1, startMs, { region }), id: history.nextId });
  return history;
}

function explained(history: History, context: typeof ADJUSTED | typeof STRICT = ADJUSTED): readonly string[] {
  return [staleAfterBound, versionRegression].flatMap((check) => check.judge(history, context).anomalies).map(({ explain }) => explain);
}

describe('a system that is right', () => {
  it('is never accused', { timeout: DEADLINE_MS }, () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(explained(historyOfPlan(plan))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is accused of one read above its bound, by both checks', { timeout: DEADLINE_MS }, () => {
    fc.assert(
      fc.property(plans, slice, (plan, addition) => {
        const old = withOld(historyOfPlan(plan), addition);
        const results = [staleAfterBound, versionRegression].map((check) => check.judge(old, ADJUSTED));
        expect(results.map(({ verdict, anomalies }) => [verdict, anomalies.length])).toEqual([
          ['fail', 1],
          ['fail', 1],
        ]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is not accused of the same read at its bound', { timeout: DEADLINE_MS }, () => {
    fc.assert(
      fc.property(plans, slice, (plan, addition) => {
        expect(explained(withOld(historyOfPlan(plan), { ...addition, aboveMs: 0 }))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('does serve old versions, some labelled stale and some by reason of faults', () => {
    const histories = fc.sample(plans, { numRuns: 300, seed: 1 }).map(historyOfPlan);
    const old = histories.flatMap((history) => history.reads().filter(({ source, key }) => source === 'cache' && key === KEY));
    expect(old.filter(({ status }) => status === 'stale').length).toBeGreaterThan(100);
    expect(histories.filter((history) => explained(history, STRICT).length > 0).length).toBeGreaterThan(5);
    expect(histories.filter((history) => staleAfterBound.judge(history, ADJUSTED).verdict === 'pass').length).toBeGreaterThan(200);
  });
});
