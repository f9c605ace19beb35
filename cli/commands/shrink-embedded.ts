/** Whether the embedded world shows what a shrunk scenario shows in virtual time. */

import { runScenario } from '../../lab/run/run.ts';
import type { AnomalyEvent } from '../../lab/sim/seed-run.ts';
import type { Shrunk } from '../../lab/sim/shrink.ts';
import { onlyRegions, readTopology, withSystem } from '../../lab/topology/topology.ts';
import { startEmbedded } from '../../lab/worlds/embedded/embedded.ts';
import { EMBEDDED } from '../../lab/worlds/worlds.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { PROGRAM_TOPOLOGY } from '../program-files.ts';
import type { Session } from '../session.ts';

export interface TryEmbeddedOptions {
  readonly shrunk: Shrunk;
  readonly seed: number;
  readonly compose: string;
  readonly mutant: string | undefined;
  readonly session: Session;
}

/** In real time chance is not the seed's, so once not seen proves nothing. */
export async function tryEmbedded({ shrunk, seed, compose, mutant, session }: TryEmbeddedOptions): Promise<string> {
  const { scenario, anomaly } = shrunk;
  const { environment, signal, version } = session;
  session.output.note('the same in the embedded world, in real time');
  const topology = await readTopology({ file: compose, program: PROGRAM_TOPOLOGY, environment: environment.variables, freePorts: true });
  const wanted = withSystem(onlyRegions(topology, scenario.system.only), scenario.system.regions);
  const anomalies: AnomalyEvent[] = [];
  const summary = await runScenario({
    scenario,
    seed,
    backend: EMBEDDED,
    clock: systemClock,
    version,
    argv: [],
    reproduce: '',
    signal,
    mutant,
    report: (event) => {
      if (event.type === 'Anomaly') anomalies.push(event);
    },
    startWorld: (onStep) => startEmbedded({ topology: wanted, onStep, signal, onLogLine: session.output.log, mutant }),
  });
  if (summary.status !== 'completed') return `embedded: the run did not come to its end: ${summary.error ?? summary.status}`;
  const shown = [...new Set(anomalies.map((found) => found.anomaly))];
  if (shown.includes(anomaly.anomaly)) return `embedded: shows ${anomaly.anomaly}, too`;
  const instead = shown.length === 0 ? summary.verdict : `it shows ${shown.join(' and ')}`;
  return `embedded: does not show ${anomaly.anomaly} (${instead})`;
}
