/** Sends what a plan has, each at its time, whatever is still unanswered: an open loop. */
import { type Clock, Sleeper } from '../../../services/runtime/clock.ts';
import { CALL_DEADLINE_MS } from '../../system/transport.ts';

export interface SendAtTimesOptions<Planned extends { readonly atMs: number }> {
  /** In the order of their times. */
  readonly plan: Iterable<Planned>;
  readonly clock: Clock;
  /** Monotonic time from which the plan counts. */
  readonly begunAt: number;
  /** `dueAt` is monotonic. It does not wait for the answer. */
  readonly send: (planned: Planned, dueAt: number) => void;
  readonly signal: AbortSignal;
}

/**
 * After so many in a row answers are read, too, also by a sender that is late: else each answer would seem as late as
 * all of them.
 */
const SENDS_IN_A_ROW_MAX = 100;

/**
 * Resolves when everything was sent, or at once after an abort. What is due by now is sent together, about once a
 * millisecond: a timer for each costs more than what it sends. What is later than any answer may be is left out.
 */
export async function sendAtTimes<Planned extends { readonly atMs: number }>(options: SendAtTimesOptions<Planned>): Promise<void> {
  const { plan, clock, begunAt, send, signal } = options;
  const sleeper = new Sleeper(clock, signal);
  let row = 0;
  for (const planned of plan) {
    const dueAt = begunAt + planned.atMs;
    if (row === SENDS_IN_A_ROW_MAX) {
      await sleeper.sleep(0);
      row = 0;
    }
    // A timer may be a little early.
    let lateMs = clock.monotonicMs() - dueAt;
    while (lateMs < 0 && !signal.aborted) {
      await sleeper.sleep(-lateMs);
      lateMs = clock.monotonicMs() - dueAt;
      row = 0;
    }
    if (signal.aborted) break;
    row += 1;
    if (lateMs <= CALL_DEADLINE_MS) send(planned, dueAt);
  }
  sleeper.close();
}
