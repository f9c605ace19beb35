/** The phases of a history in time. */
import type { Interval } from '../checks/interval.ts';
import { endOf } from '../history/end.ts';
import type { History } from '../history/history.ts';
import type { Phase } from '../report/events.ts';

/** undefined before the first. */
export function phaseAt(history: History, atMs: number): Phase | undefined {
  return history.of('phase').findLast((entered) => entered.atMs <= atMs)?.phase;
}

/** How long a phase lasted, or all of them, as far as the history goes. */
export function lengthMs(history: History, phase: string | undefined): number {
  return partsOf(history, phase).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** When that was. */
export function partsOf(history: History, phase: string | undefined): readonly Interval[] {
  const phases = history.of('phase');
  const endMs = endOf(history);
  return phases.flatMap((entered, at) => {
    const toMs = Math.max(entered.atMs, phases[at + 1]?.atMs ?? endMs);
    return phase === undefined || phase === entered.phase ? [{ fromMs: entered.atMs, toMs }] : [];
  });
}
