/** Whether Kafka answers: what the last answers say, and how old the newest is. */
import type { Clock } from '../../runtime/clock.ts';

const ANSWER_AGE_MS_MAX = 3_000;

export class Contact {
  readonly #clock: Clock;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #failedSince = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(answered: boolean): void {
    this.#failedSince = !answered;
    if (answered) this.#answeredMs = this.#clock.monotonicMs();
  }

  connected(): boolean {
    return !this.#failedSince && this.#clock.monotonicMs() - this.#answeredMs < ANSWER_AGE_MS_MAX;
  }
}
