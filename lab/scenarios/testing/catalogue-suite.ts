/**
 * The catalogue in virtual time: no scenario raises a false alarm, and every known bug is caught by the one made for
 * it.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../mutants/mutants.ts';
import { runSeed } from '../../sim/seed-run.ts';
import { readTopology } from '../../topology/topology.ts';
import { readScenario, withDuration } from '../scenario.ts';
import { needsTarget } from '../world-check.ts';
import { NEEDS_ITS_LENGTH, SHORTENED_MS } from './shortened.ts';

const FOLDER = join(import.meta.dirname, '..');
const ALL = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml'));
/** Those that ask nothing of a cache of others: that is none of virtual time. */
const FILES = (await Promise.all(ALL.map((file) => readScenario(join(FOLDER, file)))))
  .filter((scenario) => !needsTarget(scenario))
  .map(({ id }) => `${id}.yaml`);
const MS_MAX = 120_000;

const topology = await readTopology({ file: join(FOLDER, '../../compose.yaml'), environment: {} });
interface Options {
  readonly seed: number;
  readonly mutant?: string;
  readonly durationMs?: number;
}
const run = async (file: string, { durationMs, ...options }: Options) =>
  runSeed({ scenario: withDuration(await readScenario(join(FOLDER, file)), durationMs), topology, ...options });

export function theCatalogueHolds(seeds: readonly number[]): void {
  describe.each(FILES)('%s', (file) => {
    it(
      'passes in virtual time, each fault seen in effect',
      async () => {
        for (const seed of seeds) {
          const { summary, anomalies } = await run(file, { seed });
          const found = [summary.error, ...anomalies.map(({ explain }) => explain)];
          expect({ seed, verdict: summary.verdict, found }).toEqual({ seed, verdict: 'pass', found: [undefined] });
          expect(summary.faults.filter(({ effect }) => effect !== 'confirmed')).toEqual([]);
        }
      },
      MS_MAX,
    );

    it.skipIf(NEEDS_ITS_LENGTH.includes(file.replace('.yaml', '')))(
      'keeps its thresholds when it is shortened',
      async () => {
        for (const seed of seeds) {
          const { summary } = await run(file, { seed, durationMs: SHORTENED_MS });
          const crossed = summary.thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric);
          expect({ seed, crossed }).toEqual({ seed, crossed: [] });
        }
      },
      MS_MAX,
    );
  });

  describe('the catalogue', () => {
    it.each(MUTANTS.map(({ name, shownBy, caughtBy }) => [name, shownBy, caughtBy] as const))(
      'catches %s in %s whatever the seed, by a check that names its damage',
      async (mutant, scenario, caughtBy) => {
        for (const seed of seeds) {
          const { summary } = await run(`${scenario}.yaml`, { seed, mutant });
          const failed = summary.checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check);
          expect({ seed, names: failed.some((check) => caughtBy.includes(check)) }).toEqual({ seed, names: true });
        }
      },
      MS_MAX,
    );
  });
}
