/**
 * Joins redraws: what the lab tells comes a dozen times a second, and is drawn at most every `REFRESH_MS`; what a key
 * does, at once.
 */
import type { Clock, Timer } from '../../services/runtime/clock.ts';

const REFRESH_MS = 200;

export interface Refresh {
  now(): void;
  soon(): void;
}

export function createRefresh(clock: Pick<Clock, 'setTimer'>, draw: () => void): Refresh {
  let waiting: Timer | undefined;
  const now = () => {
    waiting?.cancel();
    waiting = undefined;
    draw();
  };
  return {
    now,
    soon: () => {
      waiting ??= clock.setTimer(REFRESH_MS, now);
    },
  };
}
