/** One seed, from its scenario to its verdict, in virtual time. */

import type { OnHistoryLine } from '../history/history-lines.ts';
import type { LabEvent } from '../report/events.ts';
import { type RunResult, runWithHistory } from '../run/run.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { withLease, withProtection, withSystem } from '../topology/topology.ts';
import type { Skews } from '../worlds/hosted/skewed-clock.ts';
import { SIMULATED } from '../worlds/worlds.ts';
import type { SimulatedTopology } from './regions.ts';
import { simulatedStage } from './simulated-stage.ts';

export type AnomalyEvent = Extract<LabEvent, { type: 'Anomaly' }>;

export interface SeedRunOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly topology: SimulatedTopology;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Services whose clocks are not the lab's. */
  readonly skews?: Skews | undefined;
  /** Takes the history as it grows. */
  readonly onHistoryLine?: OnHistoryLine;
  /** Of the program; told in the history. */
  readonly version?: string;
  /** Told in the summary: the command that does the same again. */
  readonly reproduce?: string;
}

export interface SeedRun extends RunResult {
  readonly anomalies: readonly AnomalyEvent[];
}

/** Simulated time does not end before the run does: nobody can stop it half way. */
const NEVER_ABORTED = new AbortController().signal;

export async function runSeed(options: SeedRunOptions): Promise<SeedRun> {
  const { scenario, seed, topology, mutant, skews, onHistoryLine, version = '', reproduce = '' } = options;
  const anomalies: AnomalyEvent[] = [];
  const { workload, system } = scenario;
  const asked = withProtection(withLease(withSystem(topology, system.regions), system), system);
  const { drive, ...stage } = simulatedStage({ topology: asked, seed, workload, system, mutant, skews });
  const result = await drive(
    runWithHistory({
      scenario,
      seed,
      backend: SIMULATED,
      mutant,
      ...(onHistoryLine === undefined ? {} : { onHistoryLine }),
      version,
      argv: [],
      reproduce,
      signal: NEVER_ABORTED,
      report: (event) => {
        if (event.type === 'Anomaly') anomalies.push(event);
      },
      ...stage,
    }),
  );
  return { ...result, anomalies };
}
