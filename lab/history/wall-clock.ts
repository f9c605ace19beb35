/**
 * The services tell times of their wall clocks, which need not be the lab's, nor go as fast, and may be set while the
 * run lasts. This counts such a time from the run's start as the lab's own wall clock had it then: the same time is
 * always told alike, and two times of one clock are as far apart as they were. When that was on the run's clock is
 * another question, and what the service's clock said each time it was asked answers it, within bounds
 * (`service-clocks.ts`).
 *
 * A wall clock of the lab that is set while the run lasts is recorded.
 */
import type { Clock } from '../../services/runtime/clock.ts';
import type { History } from './history.ts';

/** Wall clocks are slewed all the time; this is more. */
const SHIFT_MS_MIN = 5;

export interface WallClockOptions {
  readonly clock: Clock;
  readonly history: History;
  /** Monotonic time of the run's start. */
  readonly startedAt: number;
}

export class WallClock {
  readonly #options: WallClockOptions;
  /** Wall time of the run's start. */
  readonly #startedWallMs: number;
  #recordedShiftMs = 0;

  constructor(options: WallClockOptions) {
    this.#options = options;
    this.#startedWallMs = options.clock.now() - this.#runMs();
  }

  /** `epochMs`: ms since 1970. */
  toRunMs(epochMs: number): number {
    const atMs = this.#runMs();
    const shiftMs = this.#options.clock.now() - this.#startedWallMs - atMs;
    if (Math.abs(shiftMs - this.#recordedShiftMs) >= SHIFT_MS_MIN) {
      this.#recordedShiftMs = shiftMs;
      this.#options.history.add('clock', { atMs, shiftMs });
    }
    return epochMs - this.#startedWallMs;
  }

  #runMs(): number {
    return this.#options.clock.monotonicMs() - this.#options.startedAt;
  }
}
