/**
 * A clock that is not everybody's: ahead or behind, faster or slower, and set meanwhile. As on another machine, timers
 * go by it, too.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import type { NodeName } from '../../system/parts.ts';

export interface Skew {
  /** At the beginning; negative: behind. */
  readonly aheadMs: number;
  /** By how much it goes faster: 0.01 gains 10 ms a second. */
  readonly rate?: number;
  /** When its wall clock is set, by how much: its timers do not notice. In order. */
  readonly sets?: readonly { readonly atMs: number; readonly byMs: number }[];
}

/** By node. Those left out go with the lab's. */
export type Skews = Partial<Readonly<Record<NodeName, Skew>>>;

export function skewedClock(clock: Clock, { aheadMs, rate = 0, sets = [] }: Skew): Clock {
  const begunMs = clock.monotonicMs();
  const elapsedMs = () => (clock.monotonicMs() - begunMs) * (1 + rate);
  return {
    now: () => {
      const setMs = sets.reduce((sum, { atMs, byMs }) => (elapsedMs() >= atMs ? sum + byMs : sum), 0);
      return Math.floor(clock.now() + aheadMs + rate * (clock.monotonicMs() - begunMs) + setMs);
    },
    monotonicMs: () => begunMs + elapsedMs(),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs / (1 + rate), callback),
  };
}
