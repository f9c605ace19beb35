/**
 * What the engine is asked ends: with its answer, with a WorldFailed in its own words, or with one that says how long
 * nothing came. An engine can hang with its socket open, and whoever waits for it would hang, too.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import { within } from '../../../services/runtime/deadline.ts';
import { WorldFailed } from '../../errors.ts';
import { errorText, isStatus } from './engine-errors.ts';

/** An engine that starts a dozen containers on a busy machine takes seconds for each answer, not a minute. */
const ANSWER_MS_MAX = 60_000;

export class EngineRequests {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `asked`: for the error. */
  async ask<T>(asked: string, answer: Promise<T>, msMax = ANSWER_MS_MAX): Promise<T> {
    try {
      return await within({ clock: this.#clock, ms: msMax, what: 'the Docker engine' }, answer);
    } catch (error) {
      throw new WorldFailed(`${asked}: ${errorText(error)}`, { cause: error });
    }
  }

  /** undefined where the answer has that status. */
  askUnless<T>(status: number, asked: string, answer: Promise<T>): Promise<T | undefined> {
    const orNothing = answer.catch((error: unknown) => {
      if (isStatus(error, status)) return undefined;
      throw error;
    });
    return this.ask(asked, orNothing);
  }
}
