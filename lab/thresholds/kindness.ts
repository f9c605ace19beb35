/**
 * What was measured, with every doubt in favour of the threshold: without what the machine may have made of it while it
 * stood still, and by clocks that are as kind as they may be. A threshold that is crossed but not so is crossed by
 * nobody's fault.
 */
import { HELD_UP_SHARE } from '../checks/doubt.ts';
import type { Interval } from '../checks/interval.ts';
import { type ServiceClock, serviceClocksOf } from '../checks/service-clocks.ts';
import { type StoodStill, stoodStillOf } from '../checks/stood-still.ts';
import type { History } from '../history/history.ts';
import type { ReadOperation } from '../history/records.ts';

/** What a threshold asks of a figure: `<` that it is small, `>` that it is large. */
export type Wanted = 'small' | 'large';

export interface Kindness {
  /** What is left of a time. `region` undefined: no edge was on the way. */
  readonly left: (ms: number, region: string | undefined, during: Interval) => number;
  /**
   * Whether a read counts that has what a share is of, or lacks it: not where the threshold wants another one, and the
   * machine may have made it this one.
   */
  readonly counts: (read: ReadOperation & { readonly endMs: number }, has: boolean) => boolean;
  /** From an origin's time to an edge's. */
  readonly between: (sentMs: number, region: string, appliedMs: number) => number;
}

/** As it was measured. */
export function measured(history: History): Kindness {
  const clocks = serviceClocksOf(history);
  return {
    left: (ms) => ms,
    counts: () => true,
    between: (sentMs, region, appliedMs) => Math.max(0, likely(clocks.edge(region), appliedMs) - likely(clocks.origin, sentMs)),
  };
}

export function atBest(history: History, wanted: Wanted): Kindness {
  const stood = stoodStillOf(history);
  const clocks = serviceClocksOf(history);
  /** Standing still makes a time longer, never shorter. */
  const left: Kindness['left'] = (ms, region, during) => (wanted === 'large' ? ms : Math.max(0, ms - stood.explainsMs(region, during)));
  const isDoubtful = ({ region, startMs, endMs }: ReadOperation & { readonly endMs: number }) =>
    isHeldUp(stood, region, { fromMs: startMs - history.boundsOf(region).fetchDeadlineMs, toMs: endMs });
  return {
    left,
    counts: (read, has) => has === (wanted === 'large') || !isDoubtful(read),
    between: (sentMs, region, appliedMs) => {
      const [sent, applied] = [clocks.origin.onRunClock(sentMs), clocks.edge(region).onRunClock(appliedMs)];
      const ms = wanted === 'large' ? applied.toMs - sent.fromMs : applied.fromMs - sent.toMs;
      return left(Math.max(0, ms), region, { fromMs: sent.fromMs, toMs: applied.toMs });
    },
  };
}

function likely(clock: ServiceClock, clockMs: number): number {
  return clock.onRunClock(clockMs).likelyMs;
}

function isHeldUp(stood: StoodStill, region: string, during: Interval): boolean {
  return stood.explainsMs(region, during) >= (during.toMs - during.fromMs) * HELD_UP_SHARE;
}
