/** Where a run takes place: a world in real time, or the simulated one with a clock of its own that has to be driven. */
import type { RunOptions } from '../../lab/run/run.ts';
import type { Workload } from '../../lab/scenarios/scenario.ts';
import { type SimulatedStage, simulatedStage } from '../../lab/sim/simulated-stage.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { Backend } from '../../lab/worlds/world.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import type { Session } from '../session.ts';
import { startWorld, type WorldOptions } from './world-options.ts';

export interface Stage extends Pick<RunOptions, 'clock' | 'startWorld' | 'judgesUnsteady' | 'pollMs'>, Pick<SimulatedStage, 'drive'> {}

export interface StageOptions {
  readonly options: Omit<WorldOptions, 'backend'> & { readonly backend: Backend; readonly mutant?: string };
  readonly topology: Topology;
  readonly seed: number;
  readonly workload: Workload;
  readonly session: Session;
}

export function stageOf({ options, topology, seed, workload, session }: StageOptions): Stage {
  const { backend, mutant, ...others } = options;
  if (backend === 'simulated') return simulatedStage({ topology, seed, workload, mutant });
  const { environment, signal, output } = session;
  return {
    clock: systemClock,
    startWorld: (onStep) => startWorld({ options: others, backend, topology, environment, onStep, signal, onLogLine: output.log, mutant }),
    drive: (run) => run,
  };
}
