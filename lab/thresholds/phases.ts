/** The phases of a history in time. */
import type { History } from '../load/history.ts';
import type { Phase } from '../report/events.ts';

/** undefined before the first. */
export function phaseAt({ phases }: History, atMs: number): Phase | undefined {
  return phases.findLast((entered) => entered.atMs <= atMs)?.phase;
}

/** How long a phase lasted, or all of them, as far as the history goes. */
export function lengthMs(history: History, phase: string | undefined): number {
  const { phases } = history;
  const endMs = lastMs(history);
  return phases.reduce((sum, entered, at) => {
    const untilMs = phases[at + 1]?.atMs ?? endMs;
    return phase === undefined || phase === entered.phase ? sum + Math.max(0, untilMs - entered.atMs) : sum;
  }, 0);
}

/** The end of the run; of one that has none, the last that is known of it. */
function lastMs({ endedMs, operations, phases }: History): number {
  if (endedMs !== undefined) return endedMs;
  return operations.reduce((last, { startMs, endMs = startMs }) => Math.max(last, endMs), phases.at(-1)?.atMs ?? 0);
}
