/**
 * The smallest scenario that still shows an anomaly of the same kind: fewer faults (each goes with its heal), then less
 * time, fewer keys, fewer regions, and fewer faults once more. Each step is kept only when a run shows the anomaly
 * again.
 */

import type { PlannedFault } from '../faults/drawn-schedule.ts';
import { plural } from '../input/plural.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { onlyRegions } from '../topology/topology.ts';
import type { SimulatedTopology } from './regions.ts';
import { type AnomalyEvent, runSeed } from './seed-run.ts';

export interface ShrinkOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly topology: SimulatedTopology;
  readonly mutant?: string | undefined;
  /** Which anomalies are looked for; left out: the first there is. */
  readonly kinds?: readonly string[] | undefined;
  /** Ends it with the smallest found so far. */
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
}

export interface Shrunk {
  readonly scenario: Scenario;
  readonly anomaly: AnomalyEvent;
  /** How many runs it took. */
  readonly runs: number;
}

const RUNS_MAX = 400;
const DURATION_MS_MIN = 1_000;
const MS_PER_S = 1000;
const KEYS = [1, 2, 3, 5, 8, 13] as const;

class Shrinker {
  readonly #options: ShrinkOptions;
  readonly #wanted: Pick<AnomalyEvent, 'anomaly' | 'subKind'>;
  #best: Scenario;
  #anomaly: AnomalyEvent;
  #runs = 1;

  constructor(options: ShrinkOptions, anomaly: AnomalyEvent) {
    this.#options = options;
    this.#wanted = anomaly;
    this.#best = options.scenario;
    this.#anomaly = anomaly;
  }

  async run(): Promise<Shrunk> {
    await this.#fewerFaults();
    await this.#lessTime();
    await this.#fewerKeys();
    await this.#fewerRegions();
    await this.#fewerFaults();
    return { scenario: this.#best, anomaly: this.#anomaly, runs: this.#runs };
  }

  /** Keeps the candidate when it shows the anomaly. */
  async #attempt(candidate: Scenario, what: string): Promise<boolean> {
    const { signal, seed, topology, mutant, onStep } = this.#options;
    if (signal.aborted || this.#runs >= RUNS_MAX) return false;
    this.#runs += 1;
    const { anomalies } = await runSeed({ scenario: candidate, seed, topology: onlyRegions(topology, candidate.system.only), mutant });
    const found = anomalies.find(({ anomaly, subKind }) => anomaly === this.#wanted.anomaly && subKind === this.#wanted.subKind);
    if (found === undefined) return false;
    this.#best = candidate;
    this.#anomaly = found;
    onStep(what);
    return true;
  }

  /** Halves first, then smaller parts, down to one fault at a time. */
  async #fewerFaults(): Promise<void> {
    for (let size = Math.ceil(this.#best.method.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < this.#best.method.length; ) {
        const method = this.#best.method.toSpliced(at, size);
        if (!(await this.#attempt({ ...this.#best, method }, plural(method.length, 'fault')))) at += size;
      }
    }
  }

  async #lessTime(): Promise<void> {
    for (const share of [0.25, 0.5, 0.75, 0.9]) {
      const durationMs = Math.max(DURATION_MS_MIN, Math.ceil((this.#best.workload.duration * share) / MS_PER_S) * MS_PER_S);
      if (durationMs >= this.#best.workload.duration) continue;
      if (await this.#attempt(lasting(this.#best, durationMs), `${durationMs / MS_PER_S} s`)) return this.#lessTime();
    }
  }

  async #fewerKeys(): Promise<void> {
    for (const keys of KEYS) {
      if (keys >= this.#best.workload.keys) return;
      if (await this.#attempt({ ...this.#best, workload: { ...this.#best.workload, keys } }, plural(keys, 'key'))) return;
    }
  }

  /** The last first: those that the topology does not have come after those it has. */
  async #fewerRegions(): Promise<void> {
    const all = this.#best.system.only ?? this.#options.topology.regions.map(({ region }) => region);
    for (const without of all.toReversed()) {
      const only = all.filter((region) => region !== without);
      if (only.length === 0) return;
      if (await this.#attempt(within(this.#best, only), `regions ${only.join(', ')}`)) return this.#fewerRegions();
    }
  }
}

function lasting(scenario: Scenario, duration: number): Scenario {
  const workload = { ...scenario.workload, duration };
  return { ...scenario, workload, method: scenario.method.filter(({ atMs }) => atMs < duration) };
}

function within(scenario: Scenario, only: string[]): Scenario {
  const regions = Object.fromEntries(Object.entries(scenario.system.regions).filter(([region]) => only.includes(region)));
  return { ...scenario, system: { only, regions }, method: scenario.method.filter((fault) => isWithin(fault, only)) };
}

/** A fault of no region, or of one that is left. */
function isWithin({ target }: PlannedFault, only: readonly string[]): boolean {
  const region = /:([a-z0-9-]+)/.exec(target)?.[1]?.replace(/-$/, '');
  return region === undefined || only.includes(region);
}

/** undefined: the scenario shows no such anomaly. */
export async function shrink(options: ShrinkOptions): Promise<Shrunk | undefined> {
  const { seed, topology, mutant, kinds } = options;
  // A figure that is crossed is no anomaly, and it may be of a region that goes.
  const scenario = { ...options.scenario, thresholds: [] };
  const { anomalies } = await runSeed({ scenario, seed, topology: onlyRegions(topology, scenario.system.only), mutant });
  const first = anomalies.find(({ anomaly }) => kinds?.includes(anomaly) ?? true);
  return first === undefined ? undefined : new Shrinker({ ...options, scenario }, first).run();
}
