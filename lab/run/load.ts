/**
 * The load of a run, and the faults while it lasts. The lab sends it all itself as long as that is little; above, in
 * real time, a process of its own sends the reads, for the lab has more to do: it writes the history, looks at the
 * services and breaks them.
 */
import { createRandom } from '../../services/runtime/random.ts';
import type { DrawnFault } from '../faults/drawn-schedule.ts';
import type { History } from '../history/history.ts';
import type { LoadPlanned } from '../history/records.ts';
import type { Driver } from '../load/driver.ts';
import type { LoadGenerator } from '../load/generator/generator.ts';
import type { DrawnReads } from '../load/generator/messages.ts';
import { isRead, type PlannedOperation, planLoad, planWrites, readsOf } from '../load/plan.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Session } from '../session/session.ts';
import { watchForAbort } from '../thresholds/abort-watch.ts';
import type { WorldRegion } from '../worlds/world.ts';
import { worldKind } from '../worlds/worlds.ts';
import { runSchedule } from './fault-schedule.ts';
import type { RunIdentity } from './identity.ts';

/** A second. */
const OWN_READS_MAX = 1_000;

export interface LoadOptions extends Pick<RunIdentity, 'seed' | 'clock'> {
  readonly scenario: Scenario;
  readonly session: Session;
  /** As the run has them. */
  readonly regions: readonly WorldRegion[];
  readonly history: History;
  readonly driver: Driver;
  /** ms since the run's start. */
  readonly t: () => number;
  readonly signal: AbortSignal;
}

interface Sent {
  /** By the lab itself. */
  readonly plan: readonly PlannedOperation[];
  readonly planned: Omit<LoadPlanned, 'fromMs'>;
  /** Of the reads that are not in the plan. */
  readonly generator?: LoadGenerator;
}

/**
 * A threshold with `abortOnFail` may end it. Rejects with WorldFailed when its load generator cannot be started, or
 * ends.
 */
export function runLoad(faults: readonly DrawnFault[], options: LoadOptions): Promise<void> {
  const { scenario, session, regions, seed } = options;
  const { workload } = scenario;
  const drawn = { workload, regions: regions.map(({ region }) => region), seed };
  const isReal = worldKind(session.world.backend).time === 'real';
  if (isReal && workload.reads > OWN_READS_MAX) return sendWithGenerator(drawn, faults, options);
  const plan = planLoad({ ...drawn, random: createRandom(seed) });
  const reads = plan.filter(isRead).length;
  return send({ plan, planned: { durationMs: workload.duration, reads, writes: plan.length - reads } }, faults, options);
}

async function sendWithGenerator(drawn: DrawnReads, faults: readonly DrawnFault[], options: LoadOptions): Promise<void> {
  const { workload, seed } = drawn;
  const plan = planWrites({ workload, random: createRandom(seed) });
  const planned = { durationMs: workload.duration, reads: readsOf(workload), writes: plan.length, generated: true } as const;
  const generator = await options.driver.startGenerator(drawn);
  try {
    await send({ plan, planned, generator }, faults, options);
  } finally {
    await generator.close();
  }
}

async function send({ plan, planned, generator }: Sent, faults: readonly DrawnFault[], options: LoadOptions): Promise<void> {
  const { scenario, session, clock, history, driver, t, signal } = options;
  history.add('load', { fromMs: t(), ...planned });
  const [crossed, loaded] = [new AbortController(), new AbortController()];
  const over = AbortSignal.any([signal, loaded.signal]);
  const until = AbortSignal.any([signal, crossed.signal]);
  const sending = [driver.run(plan, until), ...(generator === undefined ? [] : [generator.run(until)])];
  let left = sending.length;
  const sent = () => {
    left -= 1;
    if (left === 0) loaded.abort();
  };
  const parts = [
    ...sending.map((part: Promise<unknown>) => part.finally(sent)),
    runSchedule(faults, { session, signal: over }),
    watchForAbort({ history, thresholds: scenario.thresholds, clock, t, signal: over }).then((isCrossed) => {
      if (isCrossed) crossed.abort();
    }),
  ];
  // Where one fails the others are over, too, and have ended before anything is healed or closed.
  for (const part of parts) part.catch(() => crossed.abort());
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
