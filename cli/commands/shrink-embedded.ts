/** Whether the embedded world shows what a shrunk scenario shows in virtual time. */

import { runScenario } from '../../lab/run/run.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import type { AnomalyEvent } from '../../lab/sim/seed-run.ts';
import type { Shrunk } from '../../lab/sim/shrink.ts';
import { onlyRegions, readTopology, type Topology, withLease, withProtection, withSystem } from '../../lab/topology/topology.ts';
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

/**
 * In real time chance is not the seed's, and the smallest scenario shows what it shows in a moment: once not seen
 * proves nothing.
 */
const RUNS_MAX = 3;

/** Runs it until it shows the anomaly, three times at most; answers in one sentence whether it did. */
export async function tryEmbedded({ shrunk, seed, compose, mutant, session }: TryEmbeddedOptions): Promise<string> {
  const { scenario, anomaly } = shrunk;
  const { environment, signal } = session;
  session.output.note('trying the scenario in the embedded world, in real time');
  const topology = await readTopology({ file: compose, program: PROGRAM_TOPOLOGY, environment: environment.variables, freePorts: true });
  const { system } = scenario;
  const wanted = withProtection(withLease(withSystem(onlyRegions(topology, system.only), system.regions), system), system);
  let instead = '';
  for (let run = 1; run <= RUNS_MAX; run += 1) {
    const { summary, shown } = await runOnce({ scenario, seed, topology: wanted, mutant, session });
    if (summary.status !== 'completed') return `embedded: the run did not reach its end: ${summary.error ?? summary.status}`;
    if (shown.includes(anomaly.anomaly)) return `embedded: shows ${anomaly.anomaly}, too${run === 1 ? '' : ` (run ${run})`}`;
    instead = shown.length === 0 ? summary.verdict : `the run shows ${shown.join(' and ')}`;
    if (signal.aborted) break;
  }
  return `embedded: does not show ${anomaly.anomaly} in ${RUNS_MAX} runs (${instead})`;
}

interface RunOnce extends Pick<TryEmbeddedOptions, 'seed' | 'mutant' | 'session'> {
  readonly scenario: Scenario;
  readonly topology: Topology;
}

async function runOnce({ scenario, seed, topology, mutant, session }: RunOnce) {
  const { signal, version, output } = session;
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
    startWorld: (onStep) => startEmbedded({ topology, onStep, signal, onLogLine: output.log, mutant }),
  });
  return { summary, shown: [...new Set(anomalies.map((found) => found.anomaly))] };
}
