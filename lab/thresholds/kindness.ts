/**
 * What was measured, with every doubt in favour of what is measured: without the time the machine stood still, and by clocks that are as
 * kind as they may be. A threshold that is crossed but not so is crossed by nobody's fault.
 */
import { HELD_UP_SHARE } from '../checks/doubt.ts';
import type { Interval } from '../checks/interval.ts';
import { type ServiceClock, serviceClocksOf } from '../checks/service-clocks.ts';
import { type StoodStill, stoodStillOf } from '../checks/stood-still.ts';
import type { History } from '../history/history.ts';
import type { ReadOperation } from '../history/records.ts';

export interface Kindness {
  /** What is left of a time. `region` undefined: no edge was on the way. */
  readonly left: (ms: number, region: string | undefined, during: Interval) => number;
  /** The machine may have made it another answer, or none. */
  readonly isDoubtful: (read: ReadOperation & { readonly endMs: number }) => boolean;
  /** From an origin's time to an edge's. */
  readonly between: (sentMs: number, region: string, appliedMs: number) => number;
}

/** As it was measured. */
export function measured(history: History): Kindness {
  const clocks = serviceClocksOf(history);
  return {
    left: (ms) => ms,
    isDoubtful: () => false,
    between: (sentMs, region, appliedMs) => Math.max(0, likely(clocks.edge(region), appliedMs) - likely(clocks.origin, sentMs)),
  };
}

export function atBest(history: History): Kindness {
  const stood = stoodStillOf(history);
  const clocks = serviceClocksOf(history);
  const left: Kindness['left'] = (ms, region, during) => Math.max(0, ms - stood.explainsMs(region, during));
  return {
    left,
    isDoubtful: ({ region, startMs, endMs }) =>
      isHeldUp(stood, region, { fromMs: startMs - history.boundsOf(region).fetchDeadlineMs, toMs: endMs }),
    between: (sentMs, region, appliedMs) => {
      const [sent, applied] = [clocks.origin.onRunClock(sentMs), clocks.edge(region).onRunClock(appliedMs)];
      return left(Math.max(0, applied.fromMs - sent.toMs), region, { fromMs: sent.fromMs, toMs: applied.toMs });
    },
  };
}

function likely(clock: ServiceClock, clockMs: number): number {
  return clock.onRunClock(clockMs).likelyMs;
}

function isHeldUp(stood: StoodStill, region: string, during: Interval): boolean {
  return stood.explainsMs(region, during) >= (during.toMs - during.fromMs) * HELD_UP_SHARE;
}
