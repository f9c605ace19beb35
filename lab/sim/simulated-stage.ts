/**
 * Where a run in virtual time takes place: its clock, its world and how often that is asked for its metrics. All of it
 * follows from scenario, seed, topology and mutant, so that `sim`, `shrink` and `run --backend simulated` give the same
 * history of the same.
 */

import { createRandom } from '../../services/runtime/random.ts';
import { RECENT_MAX } from '../../services/runtime/recent.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { mutantNamed } from '../mutants/mutants.ts';
import type { Scenario, Workload } from '../scenarios/scenario.ts';
import type { Skews } from '../worlds/hosted/skewed-clock.ts';
import { drawSkews } from '../worlds/simulated/drawn-clocks.ts';
import { startSimulated } from '../worlds/simulated/simulated.ts';
import type { Stage } from '../worlds/stage.ts';
import type { SimulatedTopology } from './regions.ts';

export interface SimulatedStageOptions {
  /** With the delays and strategies of the scenario. */
  readonly topology: SimulatedTopology;
  readonly seed: number;
  readonly workload: Pick<Workload, 'writes'>;
  /** Whether its services have clocks of their own. */
  readonly system: Pick<Scenario['system'], 'clocks'>;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Services whose clocks are not the lab's, in place of those that the scenario asks for. */
  readonly skews?: Skews | undefined;
  /** Answers of the origin can be held back. */
  readonly holdsAnswers?: boolean | undefined;
}

const POLL_MS = { from: 1_000, to: 3_000 } as const;
/** Of those a service tells, how many may be new at a look: repeated records and bursts take room, too. */
const NEWS_MAX = RECENT_MAX / 2;
const MS_PER_S = 1000;

/** Often enough that of the last events that the services tell none is missed, and seldom enough to cost little. */
function pollMsOf({ writes }: Pick<Workload, 'writes'>): number {
  return Math.max(POLL_MS.from, Math.min(POLL_MS.to, Math.floor((NEWS_MAX * MS_PER_S) / writes)));
}

export function simulatedStage({ topology, seed, workload, system, mutant, holdsAnswers, ...given }: SimulatedStageOptions): Stage {
  const clock = new VirtualClock();
  const random = createRandom(seed).fork('world');
  const regions = topology.regions.map(({ region }) => region);
  const skews = given.skews ?? (system.clocks === undefined ? {} : drawSkews(seed, regions, { areSet: system.clocks === 'jump' }));
  const known = mutant === undefined ? undefined : mutantNamed(mutant);
  return {
    clock,
    startWorld: (onStep) => startSimulated({ topology, clock, random, mutant: known, skews, holdsAnswers, onStep }),
    judgesUnsteady: true,
    pollMs: pollMsOf(workload),
    drive: (run) => clock.runUntil(run),
  };
}
