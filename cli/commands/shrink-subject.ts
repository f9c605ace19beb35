/** What `shrink` makes smaller: the scenario that a seed draws, or the one of a saved history. */

import { judgeHistory } from '../../lab/checks/judge.ts';
import { readHistory } from '../../lab/history/read-history.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import type { SimulatedTopology } from '../../lab/sim/regions.ts';
import { savedRun } from '../../lab/sim/saved-run.ts';
import { drawScenario } from '../../lab/sim/swarm.ts';
import { worldKind } from '../../lab/worlds/worlds.ts';
import type { Session } from '../session.ts';
import { checksOf } from './saved-checks.ts';
import { readSetup, SEED_MAX, type SwarmOptions } from './sim-options.ts';
import { readWorldTopology } from './world-options.ts';

export interface Subject {
  readonly scenario: Scenario;
  /** Tried one after another until one shows it. */
  readonly seeds: readonly number[];
  readonly topology: SimulatedTopology;
  readonly mutant: string | undefined;
  /** Which anomalies are looked for; undefined: any. */
  readonly kinds: readonly string[] | undefined;
}

/**
 * In virtual time chance is another than it was in a real world: a few seeds of the same scenario may show the same.
 */
const SEEDS_TRIED = 20;

/** Throws InvalidInput for what names neither a seed nor a history that can be run again. */
export function subjectOf(which: string, options: SwarmOptions, session: Session): Promise<Subject> {
  const isSeed = /^\d{1,10}$/.test(which) && Number(which) <= SEED_MAX;
  return isSeed ? ofSeed(Number(which), options, session) : ofHistory(which, options, session);
}

async function ofSeed(seed: number, options: SwarmOptions, session: Session): Promise<Subject> {
  const { topology, keys, durationMs, mutant } = await readSetup(options, session);
  const regions = topology.regions.map(({ region }) => region);
  return { scenario: drawScenario({ seed, regions, keys, durationMs }), seeds: [seed], topology, mutant, kinds: undefined };
}

/** Of a real world the same kinds of anomalies are looked for as its history shows. */
async function ofHistory(file: string, { compose, mutant: wanted }: SwarmOptions, session: Session): Promise<Subject> {
  const saved = await readHistory(file);
  const { head, history } = saved;
  const { scenario, seed, topology, mutant } = savedRun({
    file,
    head,
    topology: await readWorldTopology({ compose }, session.environment),
  });
  const common = { scenario, topology, mutant: wanted ?? mutant };
  if (worldKind(head.backend).time === 'virtual') return { ...common, seeds: [seed], kinds: undefined };
  const found = judgeHistory({ history, checks: checksOf(saved, file), context: head }).flatMap(({ anomalies }) => anomalies);
  const kinds = [...new Set(found.map(({ anomaly }) => anomaly))];
  const tried = Array.from({ length: kinds.length === 0 ? 0 : SEEDS_TRIED }, (_, at) => (seed + at) % (SEED_MAX + 1));
  return { ...common, seeds: tried, kinds };
}
