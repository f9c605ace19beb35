/** The phases of a run, in the session it has: warm-up, steady state, the load under faults, heal, settling, the last reads. */
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import type { DrawnFault } from '../faults/drawn-schedule.ts';
import type { History } from '../history/history.ts';
import type { Driver } from '../load/driver.ts';
import { isRead, planLoad } from '../load/plan.ts';
import type { Phase } from '../report/events.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Recording } from '../session/recording.ts';
import type { Session } from '../session/session.ts';
import { isSettled } from '../system/settled.ts';
import { watchForAbort } from '../thresholds/abort-watch.ts';
import type { WorldRegion } from '../worlds/world.ts';
import { planFaults, runSchedule } from './fault-schedule.ts';
import type { RunIdentity } from './identity.ts';
import type { MetricsPoller } from './metrics-poller.ts';
import { SteadyGate } from './steady-gate.ts';

export interface PhasesOptions extends Pick<RunIdentity, 'seed' | 'clock' | 'report'> {
  readonly scenario: Scenario;
  readonly session: Session;
  /** As the run has them. */
  readonly regions: readonly WorldRegion[];
  readonly history: History;
  readonly recording: Recording;
  readonly poller: MetricsPoller;
  readonly driver: Driver;
  readonly judgesUnsteady: boolean;
  /** ms since the run's start. */
  readonly t: () => number;
  readonly heal: () => Promise<void>;
  readonly signal: AbortSignal;
}

const SETTLE_POLL_MS = 100;

/** Rejects with the reason of the signal at the phase after it was aborted; InvalidInput, before the first, for faults that cannot be. */
export async function goThroughPhases(options: PhasesOptions): Promise<void> {
  const { scenario, history, recording, poller, driver, clock, t, signal, judgesUnsteady } = options;
  const faults = planFaults(scenario.method, options);
  const enter = (phase: Phase) => enterPhase(phase, options);
  enter('warmup');
  await driver.warmUp(scenario.workload.keys);
  await poller.pollNow();
  enter('steady');
  await driver.updateAll();
  const steadiness = new SteadyGate({ scenario, history, driver, clock, t, signal, judgesUnsteady });
  if (await steadiness.isSteady()) {
    enter('fault');
    await load(faults, options);
  }
  enter('heal');
  await options.heal();
  enter('settle');
  await settle(options);
  await steadiness.judgeAgain();
  enter('final');
  await driver.readFinally(clock.monotonicMs() + scenario.settle, signal);
  signal.throwIfAborted();
  await poller.pollNow();
  recording.flush();
  history.finish(t());
}

function enterPhase(phase: Phase, { driver, poller, history, report, t, signal }: PhasesOptions): void {
  driver.enter(phase);
  poller.enter(phase);
  history.add('phase', { phase, atMs: t() });
  report({ type: 'Phase', t: Math.round(t()), phase });
  signal.throwIfAborted();
}

/** The load, and the faults while it lasts. A threshold with `abortOnFail` may end it. */
async function load(
  faults: readonly DrawnFault[],
  { scenario, session, regions, seed, clock, history, driver, t, signal }: PhasesOptions,
): Promise<void> {
  const { workload, thresholds } = scenario;
  const plan = planLoad({ workload, regions: regions.map(({ region }) => region), random: createRandom(seed) });
  const reads = plan.filter(isRead).length;
  history.add('load', { fromMs: t(), durationMs: workload.duration, reads, writes: plan.length - reads });
  const [crossed, loaded] = [new AbortController(), new AbortController()];
  const over = AbortSignal.any([signal, loaded.signal]);
  const parts = [
    driver.run(plan, AbortSignal.any([signal, crossed.signal])).finally(() => loaded.abort()),
    runSchedule(faults, { session, signal: over }),
    watchForAbort({ history, thresholds, clock, t, signal: over }).then((isCrossed) => {
      if (isCrossed) crossed.abort();
    }),
  ];
  // Where one fails the others are over, too, and have ended before anything is healed or closed.
  for (const part of parts) part.catch(() => crossed.abort());
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Until nothing is in the outbox and no region lags behind the log, at most `settle`. */
async function settle({ session, regions, clock, scenario, signal }: PhasesOptions): Promise<void> {
  const deadline = clock.monotonicMs() + scenario.settle;
  while (clock.monotonicMs() < deadline && !signal.aborted) {
    if (await isSettled(session.clients, regions)) return;
    await sleep(clock, SETTLE_POLL_MS, signal);
  }
}
