/**
 * The services tell times of their wall clock, which is the lab's: they run on its machine. This tells them on the run's own clock: the
 * same time is always told alike. A wall clock that is set while the run lasts is recorded: times told after that are off by as much.
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
      this.#options.history.addShift({ atMs, shiftMs });
    }
    return epochMs - this.#startedWallMs;
  }

  #runMs(): number {
    return this.#options.clock.monotonicMs() - this.#options.startedAt;
  }
}
