/** Where a run takes place: a world in real time, or the simulated one with a clock of its own that has to be driven. */
import { mutantNamed } from '../../lab/mutants/mutants.ts';
import type { Topology } from '../../lab/topology.ts';
import { startSimulated } from '../../lab/worlds/simulated/simulated.ts';
import type { Backend, StartStep, World } from '../../lab/worlds/world.ts';
import { type Clock, systemClock } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { Session } from '../session.ts';
import { startWorld, type WorldOptions } from './world-options.ts';

export interface Stage {
  readonly clock: Clock;
  readonly startWorld: (onStep: (step: StartStep) => void) => Promise<World>;
  /** Lets the time of the run pass. */
  readonly drive: <T>(run: Promise<T>) => Promise<T>;
}

export interface StageOptions {
  readonly options: Omit<WorldOptions, 'backend'> & { readonly backend: Backend; readonly mutant?: string };
  readonly topology: Topology;
  readonly seed: number;
  readonly session: Session;
}

export function stageOf({ options, topology, seed, session }: StageOptions): Stage {
  const { backend, mutant, ...others } = options;
  if (backend !== 'simulated') {
    const { environment, signal } = session;
    return {
      clock: systemClock,
      startWorld: (onStep) => startWorld({ options: others, backend, topology, environment, onStep, signal, mutant }),
      drive: (run) => run,
    };
  }
  const clock = new VirtualClock();
  const random = createRandom(seed).fork('world');
  return {
    clock,
    startWorld: (onStep) =>
      startSimulated({ topology, clock, random, onStep, mutant: mutant === undefined ? undefined : mutantNamed(mutant) }),
    drive: (run) => clock.runUntil(run),
  };
}
