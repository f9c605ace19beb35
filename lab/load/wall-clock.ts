/**
 * The services tell times of their wall clock, which is the lab's: they run on its machine. This tells them on the run's own clock, by
 * how long ago they were. A wall clock that is set while the run lasts is recorded: times told across that moment are off by as much.
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
  readonly #aheadAtStartMs: number;
  #recordedShiftMs = 0;

  constructor(options: WallClockOptions) {
    this.#options = options;
    this.#aheadAtStartMs = options.clock.now() - options.clock.monotonicMs();
  }

  /** `epochMs`: ms since 1970, not long ago. */
  toRunMs(epochMs: number): number {
    const { clock, history, startedAt } = this.#options;
    const [wallMs, monotonicMs] = [clock.now(), clock.monotonicMs()];
    const shiftMs = wallMs - monotonicMs - this.#aheadAtStartMs;
    if (Math.abs(shiftMs - this.#recordedShiftMs) >= SHIFT_MS_MIN) {
      this.#recordedShiftMs = shiftMs;
      history.addShift({ atMs: monotonicMs - startedAt, shiftMs });
    }
    return monotonicMs - startedAt - (wallMs - epochMs);
  }
}
