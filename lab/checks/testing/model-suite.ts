/**
 * All checks against a system that is right, and against one that was right but for one thing. fast-check prints its
 * seed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History } from '../../history/history.ts';
import type { Operation } from '../../history/records.ts';
import { staleAfterBound } from '../anomalies/stale-after-bound.ts';
import { versionRegression } from '../anomalies/version-regression.ts';
import { CHECKS } from '../checks.ts';
import { stalenessFigures } from '../figures.ts';
import { judgeBy } from '../pass.ts';
import { stalenessOf } from '../staleness.ts';
import type { AnsweredRead } from '../versions.ts';
import { edgeSample, KEY, origin, purge, REGIONS, read, write } from './history.ts';
import { historyOfPlan, modelOfPlan, readingOf, shownBy } from './model.ts';
import { plans } from './model-plans.ts';

const ADJUSTED = { regions: REGIONS, staleness: 'adjusted' } as const;
const STRICT = { regions: REGIONS, staleness: 'strict' } as const;
/** Each takes a few seconds of a core that has nothing else to do. */
const DEADLINE_MS = 240_000;
/** After everything modelled is over. */
const AFTER_MS = 40_000;
/** Far above any version of the model. */
const VERSION = 1_000;

const slice = fc.record({ region: fc.constantFrom(...REGIONS), aboveMs: fc.integer({ min: 1, max: 5_000 }), delayMs: fc.nat(2_000) });

interface Damage {
  readonly region: string;
  /** Above the bound by so much. */
  readonly aboveMs: number;
  readonly delayMs: number;
}

/** What a history is given so that one check must accuse it; with `aboveMs` 0 it is at its bound. */
type Damaging = (history: History, damage: Damage) => void;

function add(history: History, ...operations: Operation[]): void {
  for (const operation of operations) history.addOperation({ ...operation, id: history.nextId });
}

/** The first moment at which what was known at `knownMs` is above its bound, or at it. */
function boundMs(knownMs: number, { delayMs, aboveMs }: Damage): number {
  return knownMs + delayMs + 150 + aboveMs;
}

/** A version that a region's cache answered, and then an older one. */
const goBack: Damaging = (history, damage) => {
  const { region, delayMs } = damage;
  history.add('delay', { region, atMs: AFTER_MS - 1, delayMs });
  add(history, write(VERSION, AFTER_MS), read(VERSION, AFTER_MS + 1, { region, endMs: AFTER_MS + 1 }));
  add(history, read(VERSION - 1, Math.max(AFTER_MS + 2, boundMs(AFTER_MS, damage)), { region }));
};

const ignorePurge: Damaging = (history, damage) => {
  const { region, delayMs } = damage;
  history.add('delay', { region, atMs: AFTER_MS - 1, delayMs });
  add(history, purge(AFTER_MS, { endMs: AFTER_MS }));
  const where = region === 'us-east' ? 'us-east' : 'eu-west';
  add(history, read(0, boundMs(AFTER_MS, damage), { region, found: false, cachedMs: shownBy(where, AFTER_MS - 100), key: KEY }));
  for (const atMs of [AFTER_MS - 500, AFTER_MS + 500])
    history.add('edge-sample', edgeSample(atMs, { region, since: 'it', clock: readingOf(where, atMs) }));
};

const resurrect: Damaging = (history, damage) => {
  const { region, delayMs } = damage;
  const key = 'content:9';
  history.add('delay', { region, atMs: AFTER_MS - 1, delayMs });
  add(history, write(1, AFTER_MS - 9, { key }), write(2, AFTER_MS, { key, kind: 'delete' }));
  add(history, read(1, boundMs(AFTER_MS, damage), { region, key }));
};

const callStale: Damaging = (history, { region, aboveMs }) => {
  const key = 'content:9';
  const stale = { region, key, status: 'stale', cachedMs: 1 } as const;
  add(history, read(1, AFTER_MS, { ...stale, endMs: AFTER_MS }), read(1, AFTER_MS + 2_150 + aboveMs, stale));
};

const fail: Damaging = (history, { region, aboveMs }) => {
  const failed = { region, outcome: 'fail' } as const;
  add(history, read(0, AFTER_MS, failed), read(0, AFTER_MS + 1_000 + aboveMs, { ...failed, endMs: AFTER_MS + 1_000 + aboveMs }));
};

const storm: Damaging = (history, { region, aboveMs }) => {
  const key = 'content:9';
  for (let at = 0; at < 50; at += 1) add(history, read(1, AFTER_MS + at, { region, key }));
  const before = history.of('edge-sample').findLast((sample) => sample.region === region)?.originFetches ?? 0;
  const since = 'a new life';
  history.add('edge-sample', edgeSample(AFTER_MS - 1, { region, since, originFetches: before }));
  history.add('edge-sample', edgeSample(AFTER_MS + 60, { region, since, originFetches: before + 6 + Math.min(aboveMs, 1) }));
};

const DAMAGES: readonly (readonly [check: keyof typeof CHECKS, damaging: Damaging])[] = [
  ['stale-after-bound', goBack],
  ['version-regression', goBack],
  ['purge-ignored', ignorePurge],
  ['resurrection', resurrect],
  ['mislabelled', callStale],
  ['unavailable', fail],
  ['refill-storm', storm],
];

/** Those that know no bound: each is wrong however little. */
const WRONG: readonly (readonly [check: keyof typeof CHECKS, damaging: Damaging])[] = [
  ['phantom-version', (history, { region }) => add(history, write(VERSION, AFTER_MS), read(VERSION, AFTER_MS + 1, { region, writer: 0 }))],
  [
    'lost-invalidation',
    (history, { region }) => {
      const key = 'content:9';
      history.add('origin', origin(2, { key }));
      add(history, write(2, AFTER_MS, { key }), read(1, AFTER_MS + 10_000, { region, key, final: true }));
    },
  ],
  [
    'divergence',
    (history, { region }) => {
      const key = 'content:9';
      history.add('origin', origin(2, { key }));
      add(history, write(2, AFTER_MS, { key }), read(2, AFTER_MS + 1, { region, key, final: true, found: false }));
    },
  ],
];

function explained(history: History, context: typeof ADJUSTED | typeof STRICT = ADJUSTED): readonly string[] {
  return Object.values(CHECKS)
    .flatMap((check) => judgeBy(check, history, context).anomalies)
    .map(({ anomaly, explain }) => `${anomaly}: ${explain}`);
}

function damaged(plan: Parameters<typeof historyOfPlan>[0], damaging: Damaging, damage: Damage): History {
  const history = historyOfPlan(plan);
  damaging(history, damage);
  return history;
}

/** `runs`: histories of each kind. */
export function theChecksAreRight(runs: number): void {
  describe('a system that is right', () => {
    it('is never accused', { timeout: DEADLINE_MS }, () => {
      fc.assert(
        fc.property(plans, (plan) => {
          expect(explained(historyOfPlan(plan))).toEqual([]);
        }),
        { numRuns: runs },
      );
    });

    it.each(DAMAGES)(
      'is accused by %s of what is above its bound, and not of what is at it',
      { timeout: DEADLINE_MS },
      (name, damaging) => {
        fc.assert(
          fc.property(plans, slice, (plan, damage) => {
            const { verdict, anomalies } = judgeBy(CHECKS[name], damaged(plan, damaging, damage), ADJUSTED);
            expect([verdict, anomalies.length, anomalies[0]?.region]).toEqual(['fail', 1, damage.region]);
            expect(judgeBy(CHECKS[name], damaged(plan, damaging, { ...damage, aboveMs: 0 }), ADJUSTED).anomalies).toEqual([]);
          }),
          { numRuns: runs / 5 },
        );
      },
    );

    it.each(WRONG)('is accused by %s of one thing that is wrong', { timeout: DEADLINE_MS }, (name, damaging) => {
      fc.assert(
        fc.property(plans, slice, (plan, damage) => {
          const { verdict, anomalies } = judgeBy(CHECKS[name], damaged(plan, damaging, damage), ADJUSTED);
          expect([verdict, anomalies.length, anomalies[0]?.region]).toEqual(['fail', 1, damage.region]);
        }),
        { numRuns: runs / 5 },
      );
    });

    it('does serve old versions, some labelled stale and some by reason of faults', () => {
      const histories = fc.sample(plans, { numRuns: 300, seed: 1 }).map(historyOfPlan);
      const old = histories.flatMap((history) => [...history.reads].filter(({ source, key }) => source === 'cache' && key === KEY));
      expect(old.filter(({ status }) => status === 'stale').length).toBeGreaterThan(100);
      expect(histories.filter((history) => explained(history, STRICT).length > 0).length).toBeGreaterThan(5);
      expect(histories.filter((history) => judgeBy(staleAfterBound, history, ADJUSTED).verdict === 'pass').length).toBeGreaterThan(200);
      expect(histories.filter((history) => judgeBy(versionRegression, history, ADJUSTED).verdict === 'pass').length).toBeGreaterThan(100);
    });

    it('gives every check something to judge', () => {
      const histories = fc.sample(plans, { numRuns: 200, seed: 2 }).map(historyOfPlan);
      // Its regions state no bound for what they call fresh.
      for (const check of Object.values(CHECKS).filter(({ name }) => name !== 'fresh-beyond-lease')) {
        const passed = histories.filter((history) => judgeBy(check, history, ADJUSTED).verdict === 'pass').length;
        expect([check.name, passed > 40]).toEqual([check.name, true]);
      }
    });
  });
}

export function theMeasureIsNeverAbove(runs: number): void {
  describe('the staleness measured', () => {
    it('is never above the true one, raw or adjusted', { timeout: DEADLINE_MS }, () => {
      let stale = 0;
      fc.assert(
        fc.property(plans, (plan) => {
          const { history, truth } = modelOfPlan(plan);
          const staleness = stalenessOf(history, 'adjusted');
          const above: AnsweredRead[] = [];
          const most = new Map<string, number>();
          staleness.eachAnswer((answer, judged) => {
            const { rawMs, adjustedMs } = truth(answer);
            most.set(answer.region, Math.max(rawMs, most.get(answer.region) ?? 0));
            if (judged === undefined) return;
            stale += 1;
            if (answer.startMs - judged.superseding.atMs > rawMs || judged.adjustedMs > adjustedMs) above.push(answer);
          });
          expect(above).toEqual([]);
          for (const region of REGIONS) {
            const { raw, adjusted } = stalenessFigures(history, region);
            expect(raw?.max ?? 0).toBeLessThanOrEqual(most.get(region) ?? 0);
            expect(adjusted?.max ?? 0).toBeLessThanOrEqual(raw?.max ?? 0);
          }
        }),
        { numRuns: runs },
      );
      expect(stale).toBeGreaterThan(runs);
    });
  });
}
