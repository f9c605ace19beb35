/**
 * The phases of a run, in the session it has: warm-up, steady state, the load under faults, heal, settling, the last
 * reads.
 */
import { sleep } from '../../services/runtime/clock.ts';
import type { Phase } from '../report/events.ts';
import type { Recording } from '../session/recording.ts';
import { isSettled } from '../system/settled.ts';
import { planFaults } from './fault-schedule.ts';
import type { RunIdentity } from './identity.ts';
import { type LoadOptions, runLoad } from './load.ts';
import type { MetricsPoller } from './metrics-poller.ts';
import { SteadyGate } from './steady-gate.ts';

export interface PhasesOptions extends LoadOptions, Pick<RunIdentity, 'report'> {
  readonly recording: Recording;
  readonly poller: MetricsPoller;
  readonly judgesUnsteady: boolean;
  readonly heal: () => Promise<void>;
}

const SETTLE_POLL_MS = 100;

/**
 * Rejects with the reason of the signal at the phase after it was aborted; InvalidInput, before the first, for faults
 * that cannot be.
 */
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
    await runLoad(faults, options);
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

/** Until nothing is in the outbox and no region lags behind the log, at most `settle`. */
async function settle({ session, regions, clock, scenario, signal }: PhasesOptions): Promise<void> {
  const deadline = clock.monotonicMs() + scenario.settle;
  while (clock.monotonicMs() < deadline && !signal.aborted) {
    if (await isSettled(session.clients, regions)) return;
    await sleep(clock, SETTLE_POLL_MS, signal);
  }
}
