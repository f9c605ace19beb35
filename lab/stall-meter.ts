/** Notices when this process stood still: a timer that ran late shows for how long. */
import type { Clock, Timer } from '../services/runtime/clock.ts';

const PERIOD_MS = 25;
/** Below this a timer is only coarse. */
const LATE_MS_MIN = 50;

export interface StallMeter {
  close(): void;
}

export interface StallMeterOptions {
  readonly clock: Clock;
  /** A stall may begin so long before it is seen to; each look costs. */
  readonly periodMs?: number;
}

/** `onStall` is told how late the timer was, when it ran. */
export function watchStalls({ clock, periodMs = PERIOD_MS }: StallMeterOptions, onStall: (lateMs: number) => void): StallMeter {
  let timer: Timer;
  const arm = () => {
    const dueMs = clock.monotonicMs() + periodMs;
    timer = clock.setTimer(periodMs, () => {
      const lateMs = clock.monotonicMs() - dueMs;
      if (lateMs >= LATE_MS_MIN) onStall(lateMs);
      arm();
    });
  };
  arm();
  return { close: () => timer.cancel() };
}
