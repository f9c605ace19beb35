/**
 * The deadlines of calls that all may take as long: the first one due stands for all of them, so many calls need one
 * timer.
 */
import type { Clock, Timer } from '../../runtime/clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly reject: (error: Error) => void;
}

export class CallDeadlines {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  /** Those due first come first. */
  readonly #waiting = new Set<Waiting>();
  #timer: Timer | undefined;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  /** As `answer`, or rejects at the deadline. */
  keep<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { dueMs: this.#clock.monotonicMs() + this.#deadlineMs, reject };
      this.#waiting.add(waiting);
      this.#timer ??= this.#arm(this.#deadlineMs);
      answer.then(
        (value) => {
          this.#leave(waiting);
          resolve(value);
        },
        (error) => {
          this.#leave(waiting);
          reject(error);
        },
      );
    });
  }

  #leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /**
   * A reply that lies in the socket while this process was busy still counts: a deadline lets pending input go first.
   */
  #arm(delayMs: number): Timer {
    return this.#clock.setTimer(delayMs, () => {
      const nowMs = this.#clock.monotonicMs();
      this.#timer = undefined;
      setImmediate(() => this.#rejectDue(nowMs));
    });
  }

  #rejectDue(nowMs: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.dueMs > nowMs) {
        this.#timer?.cancel();
        this.#timer = this.#arm(waiting.dueMs - nowMs);
        return;
      }
      this.#waiting.delete(waiting);
      waiting.reject(new Error(`expected an answer of the cache within ${this.#deadlineMs} ms, got none`));
    }
  }
}
