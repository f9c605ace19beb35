import { describe, expect, it } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import { EXIT, worstOf } from '../errors.ts';
import { quantilesOf } from '../history/quantiles.ts';
import { parseDuration } from '../input/duration.ts';
import { printable } from '../input/printable.ts';
import { drawReads, isRead, planLoad, planWrites, readsOf } from '../load/plan.ts';
import type { Workload } from '../scenarios/scenario.ts';

const WORKLOAD: Workload = { duration: 20_000, reads: 60, writes: 10, keys: 20, skew: 0.9, creates: 0.1, deletes: 0.1, purges: 0.2 };
const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const plan = (seed: number) => planLoad({ workload: WORKLOAD, regions: REGIONS, random: createRandom(seed) });

describe('a plan', () => {
  it('is the same for the same seed and another for another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it('keeps the rates, in the order of time, reads evenly over the regions', () => {
    const operations = plan(1);
    const reads = operations.filter((operation) => operation.kind === 'read');
    expect(reads).toHaveLength(1200);
    expect(operations).toHaveLength(1200 + 200);
    expect(REGIONS.map((region) => reads.filter((read) => read.region === region).length)).toEqual([400, 400, 400]);
    expect(operations.every((operation, at) => operation.atMs >= (operations[at - 1]?.atMs ?? 0))).toBe(true);
  });

  it('is the same when its reads and its writes are drawn by two', () => {
    const workload = { ...WORKLOAD, ahead: 0.1 };
    const options = (seed: number) => ({ workload, regions: REGIONS, random: createRandom(seed) });
    const whole = planLoad(options(5));
    const reads = [...drawReads(options(5))];
    expect(reads).toEqual(whole.filter(isRead));
    expect(reads).toHaveLength(readsOf(workload));
    expect(planWrites(options(5))).toEqual(whole.filter((operation) => !isRead(operation)));
  });

  it('never changes or deletes what is not there, nor creates what is', () => {
    const alive = new Set(Array.from({ length: WORKLOAD.keys }, (_, slot) => slot));
    for (const operation of plan(3)) {
      if (operation.kind === 'create') {
        expect(alive.has(operation.slot)).toBe(false);
        alive.add(operation.slot);
      } else if (operation.kind === 'update' || operation.kind === 'delete') {
        expect(alive.has(operation.slot)).toBe(true);
        if (operation.kind === 'delete') alive.delete(operation.slot);
      }
    }
  });

  it('has its creations, deletions and purges in every run long enough for one', () => {
    const workload = { ...WORKLOAD, duration: 10_000, writes: 6, creates: 0.05, deletes: 0.03, purges: 0.05 };
    for (let seed = 0; seed < 200; seed += 1) {
      const kinds = planLoad({ workload, regions: REGIONS, random: createRandom(seed) }).map(({ kind }) => kind);
      const counts = (['delete', 'purge'] as const).map((kind) => kinds.filter((known) => known === kind).length);
      expect(counts[0]).toBeGreaterThanOrEqual(1);
      expect(counts[0]).toBeLessThanOrEqual(2);
      expect(counts[1]).toBeGreaterThanOrEqual(3);
      expect(counts[1]).toBeLessThanOrEqual(4);
    }
  });

  it('purges by key, tag, pattern and all, hard and soft', () => {
    const purges = Array.from({ length: 20 }, (_, seed) => plan(seed)).flatMap((operations) =>
      operations.filter(({ kind }) => kind === 'purge'),
    );
    const ways = new Set(purges.map((operation) => operation.kind === 'purge' && `${operation.mode} ${operation.type}`));
    expect(ways.size).toBe(8);
  });

  it('reads some keys much more than others', () => {
    const reads = plan(1).filter((operation) => operation.kind === 'read');
    const first = reads.filter((read) => read.slot === 0).length;
    const last = reads.filter((read) => read.slot === 19).length;
    expect(first).toBeGreaterThan(3 * last);
  });
});

describe('printable', () => {
  it.each([
    ['an escape sequence', '\u001b[2Jgone', '␛[2Jgone'],
    ['C1 and DEL', 'a\u009bb\u007f', 'a\\u009bb␡'],
    ['bidi overrides', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['line separators', 'a\u2028b\nc', 'a\\u2028b␊c'],
    ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
    ['emoji and letters, which stay', 'Grüße 🚀 日本', 'Grüße 🚀 日本'],
  ])('shows %s as marks', (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('exit codes', () => {
  it('the worst one wins, in the order of the contract', () => {
    const order = [
      EXIT.notHealed,
      EXIT.failed,
      EXIT.invalidInput,
      EXIT.violated,
      EXIT.threshold,
      EXIT.interrupted,
      EXIT.unknown,
      EXIT.pass,
    ];
    for (const [at, code] of order.entries()) expect(worstOf(order.slice(at).reverse())).toBe(code);
    expect(worstOf([])).toBe(EXIT.pass);
  });
});

describe('durations', () => {
  it.each([
    ['300ms', 300],
    ['5s', 5000],
    ['2m', 120_000],
    ['1.5s', 1500],
    ['5', undefined],
    ['-1s', undefined],
    ['24h', 86_400_000],
    ['1.5h', 5_400_000],
    ['24.1h', undefined],
    ['0ms', 0],
    ['0.0s', 0],
    // It is asked for, so it is not nothing.
    ['0.4ms', undefined],
    ['0.0001s', undefined],
    ['1d', undefined],
    ['99999999m', undefined],
    ['', undefined],
  ])('%j is %j ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe('quantiles', () => {
  it('are by nearest rank, and null without samples', () => {
    expect(quantilesOf([])).toBeNull();
    expect(quantilesOf([5])).toEqual({ min: 5, p50: 5, p95: 5, p99: 5, max: 5 });
    expect(quantilesOf(Array.from({ length: 100 }, (_, at) => at + 1))).toEqual({ min: 1, p50: 50, p95: 95, p99: 99, max: 100 });
  });
});
