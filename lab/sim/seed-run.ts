/** One seed, from its scenario to its verdict, in virtual time. */
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { OnHistoryLine } from '../load/history-lines.ts';
import { mutantNamed } from '../mutants/mutants.ts';
import type { LabEvent, Summary } from '../report/events.ts';
import { runScenario } from '../run.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { withSystem } from '../topology.ts';
import { startSimulated } from '../worlds/simulated/simulated.ts';
import type { SimulatedTopology } from './regions.ts';

export type AnomalyEvent = Extract<LabEvent, { type: 'Anomaly' }>;

export interface SeedRunOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly topology: SimulatedTopology;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Takes the history as it grows. */
  readonly onHistoryLine?: OnHistoryLine;
}

export interface SeedRun {
  readonly summary: Summary;
  readonly anomalies: readonly AnomalyEvent[];
}

/** Often enough that of the last events that the services tell none is missed, and seldom enough to cost little. */
const POLL_MS = 3_000;

/** Simulated time does not end before the run does: nobody can stop it half way. */
const NEVER_ABORTED = new AbortController().signal;

export async function runSeed({ scenario, seed, topology, mutant, onHistoryLine }: SeedRunOptions): Promise<SeedRun> {
  const clock = new VirtualClock();
  const anomalies: AnomalyEvent[] = [];
  const known = mutant === undefined ? undefined : mutantNamed(mutant);
  const random = createRandom(seed).fork('world');
  const summary = await clock.runUntil(
    runScenario({
      scenario,
      seed,
      backend: 'simulated',
      clock,
      ...(onHistoryLine === undefined ? {} : { onHistoryLine }),
      judgesUnsteady: true,
      pollMs: POLL_MS,
      version: '',
      argv: [],
      reproduce: '',
      signal: NEVER_ABORTED,
      report: (event) => {
        if (event.type === 'Anomaly') anomalies.push(event);
      },
      startWorld: (onStep) =>
        startSimulated({ topology: withSystem(topology, scenario.system.regions), clock, random, mutant: known, onStep }),
    }),
  );
  return { summary, anomalies };
}
