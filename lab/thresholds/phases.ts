/** The phases of a history in time. */
import { endOf } from '../load/end.ts';
import type { History } from '../load/history.ts';
import type { Phase } from '../report/events.ts';

/** undefined before the first. */
export function phaseAt({ phases }: History, atMs: number): Phase | undefined {
  return phases.findLast((entered) => entered.atMs <= atMs)?.phase;
}

/** How long a phase lasted, or all of them, as far as the history goes. */
export function lengthMs(history: History, phase: string | undefined): number {
  const { phases } = history;
  const endMs = endOf(history);
  return phases.reduce((sum, entered, at) => {
    const untilMs = phases[at + 1]?.atMs ?? endMs;
    return phase === undefined || phase === entered.phase ? sum + Math.max(0, untilMs - entered.atMs) : sum;
  }, 0);
}
