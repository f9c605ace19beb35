/**
 * What a run would do, resolved: from the scenario, the topology and the seed alone. The same draws as the run makes,
 * nothing started.
 */
import { createRandom } from '../../services/runtime/random.ts';
import { drawSchedule } from '../faults/drawn-schedule.ts';
import { FAULTS } from '../faults/faults.ts';
import { isRead, planLoad } from '../load/plan.ts';
import { type LabEvent, phase } from '../report/events.ts';
import { CONVERGED, writtenHypothesis } from '../scenarios/hypothesis.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { regionSettings } from '../topology/region-settings.ts';
import type { Topology } from '../topology/topology.ts';

export type PlanEvent = Extract<LabEvent, { type: 'Plan' }>;

export interface DryRunOptions {
  readonly scenario: Scenario;
  /** As the run would start it. */
  readonly topology: Pick<Topology, 'regions'>;
  readonly seed: number;
  /** Over a live target: how it differs from the scenario, and the first request of each kind. */
  readonly live?: { readonly notes: readonly string[]; readonly requests: NonNullable<PlanEvent['requests']> };
}

export function toPlan({ scenario, topology, seed, live }: DryRunOptions): PlanEvent {
  const regions = topology.regions.map(({ region }) => region);
  const { hypothesis = CONVERGED, settle, checks, thresholds } = scenario;
  return {
    type: 'Plan',
    seed,
    regions: topology.regions.map(({ region, environment }) => ({
      region,
      ...regionSettings(environment),
    })),
    phases: [...phase.options],
    steadyState: writtenHypothesis(hypothesis),
    isJudgedAgain: scenario.hypothesis !== undefined,
    load: toLoad(scenario, regions, seed),
    ...(live === undefined ? {} : { notes: [...live.notes], requests: live.requests }),
    faults: plannedFaults(scenario, regions, seed),
    settleMs: settle,
    checks: [...checks],
    thresholds: thresholds.map(({ selector, text, abortOnFail, delayAbortEvalMs }) => ({
      metric: selector,
      threshold: text,
      abortOnFail,
      delayAbortEvalMs,
    })),
  };
}

function toLoad({ workload }: Scenario, regions: readonly string[], seed: number): PlanEvent['load'] {
  const plan = planLoad({ workload, regions, random: createRandom(seed) });
  const count = (kind: string) => plan.filter((operation) => operation.kind === kind).length;
  return {
    durationMs: workload.duration,
    keys: workload.keys,
    reads: plan.filter(isRead).length,
    updates: count('update'),
    creates: count('create'),
    deletes: count('delete'),
    purges: count('purge'),
  };
}

/** In the order in which a run injects them. */
export function plannedFaults({ method }: Scenario, regions: readonly string[], seed: number): PlanEvent['faults'] {
  return drawSchedule({ method, regions, seed }).faults.map(({ planned: { atMs, fault, forMs, parameters }, target }) => ({
    atMs,
    fault,
    target: target.text,
    parameters: { ...parameters },
    lasts: FAULTS.get(fault)?.lasts ?? true,
    healMs: forMs === undefined ? null : atMs + forMs,
  }));
}
