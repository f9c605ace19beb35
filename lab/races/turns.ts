/** The turns of a race, one after another. Where nobody looks on, each begins at once. */
import type { Clock } from '../../services/runtime/clock.ts';
import type { StepByStep, Turn } from './step-by-step.ts';

export interface TurnsOptions {
  readonly clock: Clock;
  readonly stepByStep?: StepByStep | undefined;
}

export class Turns {
  readonly #options: TurnsOptions;
  /** The last one that was asked for. */
  #last: Promise<void> | undefined;
  #waitedMs = 0;
  #isPressed = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** ms in which the race waited for whoever looks on. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** The next turn does not wait, whoever looks on. */
  press(): void {
    this.#isPressed = true;
  }

  /** Rejects with the reason of the signal, and then `begin` is never called. */
  take<Result>(turn: Turn, begin: () => Promise<Result>): Promise<Result> {
    const { stepByStep } = this.#options;
    if (stepByStep === undefined) return begin();
    const canWait = turn.canWait && !this.#isPressed;
    this.#isPressed = false;
    const before = this.#last ?? Promise.resolve();
    const begun = before.then(() => this.#wait({ ...turn, canWait }, stepByStep));
    this.#last = begun;
    // Whoever takes the turn hears of it.
    begun.catch(() => {});
    return begun.then(begin);
  }

  /** Every turn that was taken has begun. Rejects as they do. */
  async begun(): Promise<void> {
    if (this.#last !== undefined) await this.#last;
  }

  async #wait(turn: Turn, { mayBegin }: StepByStep): Promise<void> {
    const { clock } = this.#options;
    const sinceMs = clock.monotonicMs();
    await mayBegin(turn);
    this.#waitedMs += clock.monotonicMs() - sinceMs;
  }
}
