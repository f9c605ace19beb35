/** A scenario that runs, or the last that ran, as its events tell of it. */
import type { LiveEvent, RunEvent, RunPlan } from '../../../lab/live/protocol.ts';
import type { Phase, Summary } from '../../../lab/report/events.ts';

export interface RunFault {
  readonly id: string;
  readonly says: string;
  readonly fromMs: number;
  /** undefined: in force. */
  readonly toMs: number | undefined;
  readonly isConfirmed: boolean;
}

export interface RunView {
  /** undefined until it is known what will run. */
  readonly plan: RunPlan | undefined;
  readonly phases: readonly { readonly phase: Phase; readonly atMs: number }[];
  readonly faults: readonly RunFault[];
  /** The last figure by metric and region. */
  readonly figures: ReadonlyMap<string, number>;
  /** Of what the checks found, the first, each in one sentence. */
  readonly anomalies: readonly string[];
  readonly summary: Summary | undefined;
  readonly isOver: boolean;
  /** Why it could not run. */
  readonly why: string | undefined;
  /** What became of its report, when it was asked for. */
  readonly saved: { readonly isSaved: boolean; readonly says: string } | undefined;
}

export type RunLiveEvent = Extract<LiveEvent, { type: 'run-begun' | 'run-said' | 'run-ended' | 'run-saved' }>;

/** How a run ended. */
export interface Ran {
  readonly id: string;
  /** Or that it did not come to one. */
  readonly verdict: Summary['verdict'] | 'aborted' | 'failed';
  readonly exitCode: Summary['exitCode'];
}

const RAN_MAX = 100;

export function ranAfter(ran: readonly Ran[], { plan, summary }: RunView): readonly Ran[] {
  if (plan === undefined || summary === undefined) return ran;
  const verdict = summary.status === 'completed' ? summary.verdict : summary.status;
  return [...ran, { id: plan.id, verdict, exitCode: summary.exitCode }].slice(-RAN_MAX);
}

export const NEW_RUN: RunView = {
  plan: undefined,
  phases: [],
  faults: [],
  figures: new Map(),
  anomalies: [],
  summary: undefined,
  isOver: false,
  why: undefined,
  saved: undefined,
};

const ANOMALIES_MAX = 20;
const FAULTS_MAX = 200;

export function runAfter(run: RunView = NEW_RUN, event: RunLiveEvent): RunView {
  if (event.type === 'run-begun') return { ...NEW_RUN, plan: event.plan };
  if (event.type === 'run-ended') return { ...run, isOver: true, why: event.why };
  if (event.type === 'run-saved') return { ...run, saved: { isSaved: event.saved, says: event.says } };
  return withSaid(run, event.event, event.t);
}

function withSaid(run: RunView, event: RunEvent, t: number): RunView {
  switch (event.type) {
    case 'Phase':
      return { ...run, phases: [...run.phases, { phase: event.phase, atMs: t }] };
    case 'Fault':
      return { ...run, faults: faultsAfter(run.faults, event, t) };
    case 'Anomaly':
      return { ...run, anomalies: [...run.anomalies, `${event.anomaly}: ${event.explain}`].slice(0, ANOMALIES_MAX) };
    case 'Point':
      return { ...run, figures: new Map(run.figures).set(figureName(event.metric, event.data.tags.region), event.data.value) };
    case 'Summary':
      return { ...run, summary: event };
  }
}

export function figureName(metric: string, region: string): string {
  return `${metric} ${region}`;
}

function faultsAfter(
  faults: readonly RunFault[],
  { id, fault, target, event, effect }: Extract<RunEvent, { type: 'Fault' }>,
  t: number,
): readonly RunFault[] {
  if (event === 'injected')
    return [...faults, { id, says: `${fault} ${target}`, fromMs: t, toMs: undefined, isConfirmed: effect === 'confirmed' }].slice(
      -FAULTS_MAX,
    );
  if (effect !== 'confirmed') return faults;
  return faults.map((known) => (known.id === id ? { ...known, toMs: t } : known));
}
