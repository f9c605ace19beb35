/**
 * An act whose answer never came may still be done: the engine and the links finish a request whose sender has given up
 * or is gone. What undoes it is therefore done again and again, until no such request can be on its way any more.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';

/** How long a request may still be on its way after its sender has given up. */
export const LATE_ACT_MS_MAX = 3_000;
const POLL_MS = 200;

/** At least once, and until that time on the clock. */
export async function undoUntil(clock: Clock, untilMs: number, undo: () => Promise<unknown>): Promise<void> {
  for (;;) {
    await undo();
    if (clock.monotonicMs() >= untilMs) return;
    await sleep(clock, POLL_MS);
  }
}
