/** A few trials in the embedded world, in real time. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readTopology } from '../../../topology/topology.ts';
import { runTrial } from './run-trial.ts';
import { sessionTrial } from './session-trial.ts';
import { embeddedStage } from './stage.ts';
import { drawTrial, type FaultTrial } from './trial.ts';

const COMPOSE = fileURLToPath(new URL('../../../../compose.yaml', import.meta.url));
const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const TRIAL_MS_MAX = 240_000;
const draw = (seed: number) => drawTrial({ seed, backend: 'embedded', regions: REGIONS });
/** Two runs and a session, each with slow acts that fail. */
const trials: readonly FaultTrial[] = [31, 11, 18].map(draw);

it.each(trials.map((trial) => [trial.seed, trial.kind, trial] as const))(
  'seed %i, a %s, leaves nothing',
  { timeout: TRIAL_MS_MAX },
  async (_seed, kind, trial) => {
    const stage = embeddedStage(() => readTopology({ file: COMPOSE, environment: {}, freePorts: true }));
    const { wrong } = await (kind === 'run' ? runTrial : sessionTrial)(trial, stage);
    expect(wrong).toEqual([]);
  },
);
