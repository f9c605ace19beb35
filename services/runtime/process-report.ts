/** What a service tells of its process beside what it was asked for. */
import type { ProcessReport } from '../protocol/process.ts';
import type { Clock } from './clock.ts';
import type { LatenessMeter } from './lateness.ts';

export interface ReportedProcess {
  readonly clock: Clock;
  /** Left out where somebody else looks after the process. */
  readonly lateness?: LatenessMeter | undefined;
}

/** To be called as the question comes; what it answers is called when the answer is ready. */
export function beginAnswer({ clock, lateness }: ReportedProcess): () => ProcessReport {
  const askedMs = clock.monotonicMs();
  return () => ({ eventLoop: lateness?.report() ?? null, now: clock.now(), heldMs: clock.monotonicMs() - askedMs });
}
