import { describe, expect, it, vi } from 'vitest';
import { flushNothing } from '../mutants/testing/flush-nothing.ts';
import { brokenDown, runSeedOf, type SeedOutcome } from './outcome.ts';
import { Tally } from './tally.ts';
import { seedSetup } from './testing/kit.ts';

vi.mock('../mutants/mutants.ts', async (original) => {
  const real = await original<typeof import('../mutants/mutants.ts')>();
  return { ...real, mutantNamed: (name: string) => (name === flushNothing.name ? flushNothing : real.mutantNamed(name)) };
});

const MS_MAX = 300_000;

function outcome(seed: number, unknown: Readonly<Record<string, string>> = {}): SeedOutcome {
  const names = ['staleness', ...Object.keys(unknown)].filter((name) => name !== 'faults');
  const check = (name: string) => {
    const reason = unknown[name];
    return { check: name, verdict: reason === undefined ? 'pass' : 'unknown', reason: reason ?? 'judged', anomalies: 0 } as const;
  };
  const checks = [...names, ...('faults' in unknown ? ['faults'] : [])].map(check);
  const verdict = Object.keys(unknown).length > 0 ? 'unknown' : 'pass';
  const operations = { reads: 1, writes: 1, failed: 0, unknown: 0 };
  return { seed, status: 'completed', verdict, exitCode: verdict === 'pass' ? 0 : 2, checks, operations, anomalies: [] };
}

function tallyOf(outcomes: readonly SeedOutcome[]): Tally {
  const tally = new Tally();
  for (const one of outcomes) tally.add(one);
  return tally;
}

/** So many seeds, of which the first few are unknown. */
function seeds(count: number, unknown: number, why: (seed: number) => Readonly<Record<string, string>>): readonly SeedOutcome[] {
  return Array.from({ length: count }, (_, at) => outcome(at + 1, at < unknown ? why(at + 1) : {}));
}

describe('the verdict over many seeds', () => {
  it.each([
    [100, 0, 0],
    [100, 5, 0],
    [100, 6, 2],
    [60, 15, 2],
    [1, 1, 2],
  ])('of %i seeds, %i without evidence: exit %i', (count, unknown, code) => {
    const tally = tallyOf(seeds(count, unknown, () => ({ faults: 'no effect was seen of flush redis:us-east' })));
    expect(tally.exitCode).toBe(code);
    const { reason = '' } = tally.checks.find(({ check }) => check === 'faults') ?? {};
    if (code === 2) {
      expect(reason).toBe(
        `${count - unknown} of ${count} seeds pass, ${unknown} had not enough evidence (at most 5 % may), such as seed 1: no effect was seen of flush redis:us-east`,
      );
    } else if (unknown > 0) expect(reason).toBe(`${count - unknown} of ${count} seeds pass, ${unknown} had not enough evidence`);
  });

  it('counts seeds that different checks could not judge together', () => {
    const each = (seed: number) => (seed % 2 === 0 ? { faults: 'no effect' } : { load: 'it was held up' });
    const tally = tallyOf(seeds(100, 8, each));
    expect(tally.verdict).toBe('unknown');
    expect(tally.checks.at(-1)).toMatchObject({ check: 'evidence', verdict: 'unknown' });
    expect(tally.checks.at(-1)?.reason).toBe('8 of 100 seeds had not enough evidence (at most 5 % may), no check in so many');
  });

  it('is the lab’s failure when a seed broke down, however many others pass', () => {
    expect(tallyOf([...seeds(99, 0, () => ({})), brokenDown(100, 'it ended')]).exitCode).toBe(107);
  });

  it(
    'is unknown, and says why, when flushes of a cache have no effect; with those of the real one it is not',
    async () => {
      const found: Record<string, number> = {};
      for (const mutant of [flushNothing.name, undefined]) {
        const setup = { ...(await seedSetup()), mutant };
        const outcomes: SeedOutcome[] = [];
        for (let seed = 41; seed <= 80; seed += 1) outcomes.push(await runSeedOf(seed, setup));
        const tally = tallyOf(outcomes);
        found[mutant ?? 'real'] = tally.exitCode;
        if (mutant !== undefined)
          expect(tally.checks.find(({ check }) => check === 'faults')?.reason).toMatch(
            /had not enough evidence \(at most 5 % may\), such as seed \d+: .*flush redis:/,
          );
      }
      expect(found).toEqual({ 'flush-nothing': 2, real: 0 });
    },
    MS_MAX,
  );
});
