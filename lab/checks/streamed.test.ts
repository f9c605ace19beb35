/** A history whose reads are on disk is judged as one whose reads are in memory, to the word. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, pick } from '../../services/runtime/random.ts';
import { convergenceOf } from '../history/convergence.ts';
import { History } from '../history/history.ts';
import { isRecordKind, RECORDS, type RecordKind } from '../history/record-kinds.ts';
import type { Operation } from '../history/records.ts';
import { evaluateThresholds } from '../thresholds/evaluate.ts';
import { METRIC_NAMES, metricNamed } from '../thresholds/metrics.ts';
import { toThresholds } from '../thresholds/threshold.ts';
import { CHECKS, type CheckName } from './checks.ts';
import { consistencyFigures, stalenessFigures } from './figures.ts';
import { judgeHistory } from './judge.ts';
import { operationsOf, REGIONS } from './testing/history.ts';
import { historyOfPlan } from './testing/model.ts';
import { plans } from './testing/model-plans.ts';

const RUNS = 300;
const DEADLINE_MS = 240_000;
const NAMES = Object.keys(CHECKS) as CheckName[];
/** One of each kind of metric, each with a threshold that most runs cross. */
const THRESHOLDS = toThresholds(Object.fromEntries(METRIC_NAMES.map((name) => [name, [expressionFor(name)]])));

function expressionFor(name: (typeof METRIC_NAMES)[number]): string {
  const type = metricNamed(name)?.data.type;
  return type === 'counter' ? 'count<1' : type === 'rate' ? 'rate<0.01' : 'p(95)<1';
}

/** Answers are wrong here and there, so that there is something to find. */
function damaged(operation: Operation, wrongShare: number, random: ReturnType<typeof createRandom>): Operation {
  if (operation.kind !== 'read' || random.below(100) >= wrongShare) return operation;
  const version = Math.max(0, (operation.version ?? 0) - 1 - random.below(2));
  return {
    ...operation,
    ...pick(random, [{ version }, { version, bypassed: true }, { outcome: 'fail' }, { status: 'stale' }, { cachedMs: 1 }] as const),
  };
}

/** The same, its operations sent in their order and ended in any. */
function written(of: History, operations: readonly Operation[], readsInMemory: number, seed: number): History {
  const history = new History({ readsInMemory });
  for (const kind of Object.keys(RECORDS).filter(isRecordKind)) copyRecords(of, history, kind);
  for (const fault of of.faults) history.addFault(fault);
  const under = operations.map(({ endMs: _, outcome: __, ...sent }) => history.addOperation(sent as Operation));
  const random = createRandom(seed);
  const order = operations.map((operation, at) => ({ operation, at, place: random.below(1_000) }));
  for (const { operation, at } of order.sort((one, other) => one.place - other.place)) {
    const { endMs, outcome } = operation;
    const sent = under[at];
    if (sent !== undefined && endMs !== undefined && outcome !== undefined) history.endOperation(sent, { endMs, outcome });
  }
  return history;
}

function copyRecords(from: History, to: History, kind: RecordKind): void {
  for (const record of from.of(kind)) to.add(kind, record);
}

function judged(history: History, staleness: 'adjusted' | 'strict') {
  return {
    results: judgeHistory({ history, checks: NAMES, context: { regions: REGIONS, staleness } }),
    convergence: convergenceOf(history, REGIONS),
    staleness: REGIONS.map((region) => stalenessFigures(history, region)),
    consistency: REGIONS.map((region) => consistencyFigures(history, region)),
    thresholds: evaluateThresholds(history, THRESHOLDS),
  };
}

describe('a history whose reads are on disk', () => {
  it('is judged as one whose reads are in memory', { timeout: DEADLINE_MS }, () => {
    const found = new Map<string, number>();
    const rule = fc.constantFrom('adjusted', 'strict');
    fc.assert(
      fc.property(
        plans,
        rule,
        fc.nat(1_000),
        fc.nat(20),
        fc.integer({ min: 1, max: 30 }),
        (plan, staleness, seed, wrongShare, inMemory) => {
          const history = historyOfPlan(plan);
          const random = createRandom(seed);
          const operations = operationsOf(history).map((operation) => damaged(operation, wrongShare, random));
          const whole = judged(written(history, operations, operations.length + 1, 0), staleness);
          expect(judged(written(history, operations, inMemory, seed), staleness)).toEqual(whole);
          for (const { check, verdict } of whole.results) if (verdict === 'fail') found.set(check, (found.get(check) ?? 0) + 1);
        },
      ),
      { numRuns: RUNS },
    );
    // Or else it would compare nothing with nothing.
    const shown = [
      'lost-invalidation',
      'version-regression',
      'stale-after-bound',
      'divergence',
      'unavailable',
      'purge-ignored',
      'mislabelled',
    ];
    expect(shown.filter((check) => (found.get(check) ?? 0) < 3)).toEqual([]);
  });
});
