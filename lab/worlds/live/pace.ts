/** Turns with a time between them. Whoever waits for one waits before its deadline begins. */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';

export interface PaceOptions {
  readonly clock: Clock;
  /** From one turn to the next. */
  readonly gapMs: number;
  /** After it was aborted a turn is not waited for any more. */
  readonly signal: AbortSignal;
}

export class Pace {
  readonly #options: PaceOptions;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** Resolves when it has come, in the order in which they were asked for. */
  async turn(): Promise<void> {
    const { clock, gapMs, signal } = this.#options;
    const atMs = Math.max(clock.monotonicMs(), this.#nextMs);
    this.#nextMs = atMs + gapMs;
    const waitMs = atMs - clock.monotonicMs();
    if (waitMs > 0) await sleep(clock, waitMs, signal);
  }
}
