/** Runs a seed once more, and leaves what `run --out` leaves of a run: the same seed has the same history. */

import { systemClock } from '../../services/runtime/clock.ts';
import { RunFolder } from '../outputs/folder.ts';
import { toBegun } from '../outputs/output.ts';
import { SIMULATED } from '../worlds/worlds.ts';
import type { SeedSetup } from './outcome.ts';
import { runSeed } from './seed-run.ts';
import { drawScenario } from './swarm.ts';

export interface SaveSeedOptions {
  readonly setup: SeedSetup;
  readonly folder: string;
  /** Of the program. */
  readonly version: string;
  /** The command that runs the seed again. */
  readonly reproduce: string;
}

/**
 * In `folder/seed-N`. Throws InvalidInput when it cannot be made, WorldFailed when the history could not be written
 * whole.
 */
export async function saveSeed(seed: number, { setup, folder, version, reproduce }: SaveSeedOptions): Promise<void> {
  const { topology, keys, durationMs, mutant } = setup;
  const scenario = drawScenario({ seed, regions: topology.regions.map(({ region }) => region), keys, durationMs });
  const out = new RunFolder(folder, systemClock);
  await out.start(toBegun(scenario, { backend: SIMULATED, seed, version }));
  const { summary, history } = await runSeed({
    scenario,
    seed,
    topology,
    mutant,
    version,
    reproduce,
    onHistoryLine: (line) => out.addLine(line),
  });
  await out.stop({ history, summary });
}
