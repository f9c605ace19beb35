/** How each world of the table starts, and which is taken where none is asked for. A world is loaded when it starts. */
import { systemClock } from '../../services/runtime/clock.ts';
import type { OpenRailsOptions } from '../rails/open-rails.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Variables } from '../topology/compose-file.ts';
import type { Topology } from '../topology/topology.ts';
import type { Stage } from './stage.ts';
import type { Backend, StartedBackend } from './worlds.ts';

export interface PrepareOptions {
  readonly topology: Topology;
  readonly variables: Variables;
  /** Of a world that outlives the lab: leave it running. */
  readonly keep?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Takes what embedded services log. They do not write it themselves: they would wait for whoever reads it. */
  readonly onLogLine: (line: string) => void;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Of a live target: what goes to it goes by these. */
  readonly rails?: OpenRailsOptions | undefined;
  /** What is to be run, for a world in virtual time: all that happens in it follows from that. */
  readonly run?: RunInVirtualTime;
  /**
   * Between an edge of ours and the origin stands what holds answers back, for races. The topology has one region then.
   * Left out: nothing does.
   */
  readonly holdsAnswers?: boolean | undefined;
}

interface RunInVirtualTime {
  readonly seed: number;
  readonly workload: Pick<Scenario['workload'], 'writes'>;
  readonly system: Pick<Scenario['system'], 'clocks'>;
}

const IN_REAL_TIME = { clock: systemClock, drive: <T>(run: Promise<T>) => run } as const;

const STAGES: Readonly<Record<Backend, (options: PrepareOptions) => Promise<Stage>>> = {
  docker: async ({ topology, variables, keep, holdsAnswers }) => ({
    ...IN_REAL_TIME,
    startWorld: async (onStep, signal) => {
      const { startDocker } = await import('./docker/docker.ts');
      return startDocker({ topology, variables, onStep, signal, holdsAnswers, ...(keep === undefined ? {} : { keep }) });
    },
  }),
  embedded: async ({ topology, onLogLine, mutant, verbose = false, variables, rails }) => ({
    ...IN_REAL_TIME,
    startWorld: async (onStep, signal) => {
      if (rails !== undefined) {
        const { startLive } = await import('./live/live.ts');
        return startLive({ topology, rails, onStep, signal, verbose });
      }
      const { startEmbedded } = await import('./embedded/embedded.ts');
      return startEmbedded({ topology, onStep, signal, onLogLine, mutant, variables, logLevel: verbose ? 'info' : 'error' });
    },
  }),
  simulated: async ({ topology, mutant, run, holdsAnswers }) => {
    if (run === undefined) throw new TypeError('expected what is to be run in virtual time, got nothing');
    const { simulatedStage } = await import('../sim/simulated-stage.ts');
    return simulatedStage({ topology, mutant, holdsAnswers, ...run });
  },
};

/** Starts nothing yet. */
export function prepareWorld(backend: Backend, options: PrepareOptions): Promise<Stage> {
  return STAGES[backend](options);
}

/** `note` hears why it is not the first of the table. */
export async function chooseWorld(topology: Topology, variables: Variables, note: (text: string) => void): Promise<StartedBackend> {
  // Loading it takes longer than the rest of the program together.
  const { examineDocker } = await import('./docker/examine.ts');
  const found = await examineDocker(topology, variables);
  if ('problem' in found) {
    note('the embedded world, because no Docker engine answers; with an engine: edgesync-lab up --backend docker');
    return 'embedded';
  }
  const missing = found.images.filter(({ isHere }) => !isHere).length;
  if (missing === 0 && found.memoryProblem === undefined) return 'docker';
  const why = missing === 0 ? found.memoryProblem : `${missing} of ${found.images.length} images are not here`;
  note(`the embedded world, because ${why}; to fetch and start the Docker cluster: edgesync-lab up --backend docker`);
  return 'embedded';
}
