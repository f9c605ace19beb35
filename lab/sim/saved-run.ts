/**
 * What the head of a history says of its run, ready to be run again in virtual time. What a real world was made of and
 * what happened in it by chance is not in there: only its scenario is tried again.
 */

import { InvalidInput } from '../errors.ts';
import type { HistoryHead } from '../history/history-lines.ts';
import { printable } from '../input/printable.ts';
import { mutantNamed } from '../mutants/mutants.ts';
import { parseScenario, type Scenario } from '../scenarios/scenario.ts';
import { checkBackend, checkRegions, checkSchedule, edgeCountsOf } from '../scenarios/world-check.ts';
import { SIMULATED } from '../worlds/worlds.ts';
import { regionsNamed, type SimulatedTopology } from './regions.ts';

export interface SavedRunOptions {
  /** Named in errors. */
  readonly file: string;
  readonly head: HistoryHead;
  readonly topology: SimulatedTopology;
}

export interface SavedRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly topology: SimulatedTopology;
  readonly mutant: string | undefined;
}

/** Throws InvalidInput naming what of the head is missing, wrong, or nothing that the simulated world has. */
export function savedRun({ file, head, topology }: SavedRunOptions): SavedRun {
  const { written, seed, regions, mutant, targets } = head;
  if (written === undefined)
    throw new InvalidInput(
      printable(`${file}:1: written: expected the scenario of the run, got a history of before it was kept; run it again with --out`),
    );
  if (targets !== undefined)
    throw new InvalidInput(
      printable(
        `${file}:1: targets: expected a run of our own edges, got one of ${Object.values(targets).join(', ')}: there is none of it in virtual time`,
      ),
    );
  if (mutant !== undefined) mutantNamed(mutant);
  const scenario = { id: 'saved', ...parseScenario(JSON.stringify(written), file) };
  checkBackend(scenario, SIMULATED);
  checkRegions(scenario, edgeCountsOf(regions.map((region) => ({ region }))));
  checkSchedule(scenario, regions, seed);
  return { scenario, seed, topology: regionsNamed(topology, regions), mutant };
}
