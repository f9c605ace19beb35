/** What became of one seed, as it travels from the process that ran it. */
import type { Verdict } from '../checks/check.ts';
import { EXIT } from '../errors.ts';
import type { Summary } from '../report/events.ts';
import type { Skews } from '../worlds/hosted/skewed-clock.ts';
import type { SimulatedTopology } from './regions.ts';
import { type AnomalyEvent, runSeed } from './seed-run.ts';
import { drawScenario } from './swarm.ts';

/** What all seeds of a campaign have in common. */
export interface SeedSetup {
  readonly topology: SimulatedTopology;
  /** Left out: drawn for each seed. */
  readonly keys?: number | undefined;
  readonly durationMs: number;
  /** How many edges each region has. Left out: drawn for each seed. */
  readonly members?: number | undefined;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Services whose clocks are not the lab's. */
  readonly skews?: Skews | undefined;
}

export interface SeedOutcome {
  readonly seed: number;
  readonly status: Summary['status'];
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly checks: Summary['checks'];
  readonly operations: Summary['operations'];
  /** The first few. */
  readonly anomalies: readonly AnomalyEvent[];
  readonly error?: string | undefined;
  /** It has ended the process that ran it: run again, it would end the next one. */
  readonly crashed?: true;
}

/** One cause shows in many reads: a few tell enough. */
const ANOMALIES_MAX = 10;

export async function runSeedOf(seed: number, { topology, keys, durationMs, members, mutant, skews }: SeedSetup): Promise<SeedOutcome> {
  const regions = topology.regions.map(({ region }) => region);
  const scenario = drawScenario({ seed, regions, keys, durationMs, members, areClocksApart: skews !== undefined });
  const { summary, anomalies } = await runSeed({ scenario, seed, topology, mutant, skews });
  const { status, verdict, exitCode, checks, operations, error } = summary;
  return { seed, status, verdict, exitCode, checks, operations, anomalies: anomalies.slice(0, ANOMALIES_MAX), error };
}

/** Of a seed that came to no end: nothing was judged. */
export function brokenDown(seed: number, error: string): SeedOutcome {
  const operations = { reads: 0, writes: 0, failed: 0, unknown: 0 };
  return { seed, status: 'failed', verdict: 'unknown', exitCode: EXIT.failed, checks: [], operations, anomalies: [], error };
}

export function isFailing({ status, verdict }: SeedOutcome): boolean {
  return status !== 'completed' || verdict === 'fail';
}
