/**
 * Random faults that overlap, on worlds whose acts are slow and fail, with an end at a random moment: whatever
 * happened, nothing is in force afterwards that was not said to be left, and nobody is accused. `npm run soak:faults`
 * tries thousands.
 */
import { describe, expect, it } from 'vitest';
import { seedSetup } from '../../../sim/testing/kit.ts';
import { runTrial } from './run-trial.ts';
import { sessionTrial } from './session-trial.ts';
import { simulatedStage } from './stage.ts';
import { drawTrial, type FaultTrial } from './trial.ts';

const SEEDS = 40;
const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const trials: readonly FaultTrial[] = Array.from({ length: SEEDS }, (_, seed) =>
  drawTrial({ seed, backend: 'simulated', regions: REGIONS }),
);

describe('in virtual time', () => {
  it.each(trials.map((trial) => [trial.seed, trial.kind, trial] as const))('seed %i, a %s, leaves nothing', async (seed, kind, trial) => {
    const { topology } = await seedSetup();
    const { wrong } = await (kind === 'run' ? runTrial : sessionTrial)(trial, simulatedStage(topology, seed));
    expect(wrong).toEqual([]);
  });
});
