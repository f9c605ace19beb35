/** The faults of a run: injected into its session at their times, each healed after its `for`. */
import { sleep } from '../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import { type DrawnFault, drawSchedule, excludes, type PlannedFault } from '../faults/drawn-schedule.ts';
import { refuseBeyondEdge } from '../faults/order.ts';
import type { Injected, Session } from '../session/session.ts';

export interface PlanFaultsOptions {
  readonly session: Pick<Session, 'world' | 'clients'>;
  /** Draws what `one` and `majority` mean. */
  readonly seed: number;
}

const NOTHING: Injected = { inForce: [], healed: Promise.resolve() };

/** Where each goes. Throws InvalidInput for faults that exclude each other, and for those that an edge cannot have. */
export function planFaults(method: readonly PlannedFault[], { session, seed }: PlanFaultsOptions): readonly DrawnFault[] {
  const { faults, problems } = drawSchedule({ method, regions: session.world.regions.map(({ region }) => region), seed });
  const [problem] = problems;
  if (problem !== undefined) throw new InvalidInput(`method ${problem.at + 1}: ${problem.message}`);
  for (const { planned, target } of faults) refuseBeyondEdge({ fault: planned.fault, target }, session.clients);
  return faults;
}

export interface RunScheduleOptions {
  readonly session: Pick<Session, 'clock' | 'inject'>;
  readonly signal: AbortSignal;
}

/**
 * Resolves when nothing is left to inject, or soon after an abort. Rejects when the world could not do one, once the
 * others have been stopped, too.
 */
export async function runSchedule(faults: readonly DrawnFault[], { session, signal }: RunScheduleOptions): Promise<void> {
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const ended = new Map<DrawnFault, Promise<void>>();
  for (const drawn of faults) {
    // What takes long to inject or to heal may last longer than was planned.
    const others = [...ended].filter(([other]) => excludes(other, drawn)).map(([, end]) => end);
    const end = runOne(drawn, { session, free: Promise.allSettled(others), signal: over });
    end.catch(() => failed.abort());
    ended.set(drawn, end);
  }
  const rejected = (await Promise.allSettled(ended.values())).find(({ status }) => status === 'rejected');
  if (rejected?.status === 'rejected') throw rejected.reason;
}

interface RunOneOptions extends RunScheduleOptions {
  /** When what excludes it is over. */
  readonly free: Promise<unknown>;
}

async function runOne({ planned, target }: DrawnFault, { session, free, signal }: RunOneOptions): Promise<void> {
  await sleep(session.clock, planned.atMs, signal);
  await free;
  if (signal.aborted) return;
  const { healed } = await session
    .inject({ ...planned, target: target.text }, { forMs: planned.forMs, signal })
    .catch((error: unknown): Injected => {
      if (!(error instanceof InvalidInput)) throw error;
      // The load was over before this one had begun.
      if (signal.aborted) return NOTHING;
      // Nothing is wrong with what was asked for: that was found out before the start.
      throw new WorldFailed(error.message, { cause: error });
    });
  await healed;
}
