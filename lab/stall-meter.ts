/** Notices when this process stood still: a timer that ran late shows for how long. */
import type { Clock, Timer } from '../services/runtime/clock.ts';

const PERIOD_MS = 25;
/** Below this a timer is only coarse. */
const LATE_MS_MIN = 50;

export interface StallMeter {
  close(): void;
}

/** `onStall` is told how late the timer was, when it ran. */
export function watchStalls(clock: Clock, onStall: (lateMs: number) => void): StallMeter {
  let timer: Timer;
  const arm = () => {
    const dueMs = clock.monotonicMs() + PERIOD_MS;
    timer = clock.setTimer(PERIOD_MS, () => {
      const lateMs = clock.monotonicMs() - dueMs;
      if (lateMs >= LATE_MS_MIN) onStall(lateMs);
      arm();
    });
  };
  arm();
  return { close: () => timer.cancel() };
}
