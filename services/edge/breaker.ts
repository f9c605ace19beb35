/**
 * A circuit breaker between an edge and its origin: while the origin does not answer, a call fails at once instead of
 * at its deadline.
 *
 *   closed     every call is sent; ROW_MAX without an answer in a row, or half of the last WINDOW, open it
 *   open       every call fails at once, until the interval is over: the next call is the probe
 *   half-open  the probe is under way, alone; every other call fails at once, and nobody joins the probe
 *
 * The answer to a probe closes it. A probe without an answer opens it again, for twice as long. What was sent before it
 * opened says nothing about the origin of now, so only the probe closes it. Nobody may have asked for a while after the
 * probe was due: then it is closed, for the readers who come next would all wait for one probe; and the first call
 * without an answer opens it again.
 */
import type { EdgeMetrics } from '../protocol/edge-api.ts';
import { BREAKER_FORGETS_MS, PROBE_MS_MAX } from '../protocol/edge-api.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { OriginUnavailable } from './origin-client.ts';

type Told = NonNullable<EdgeMetrics['breaker']>;
export type BreakerState = Told['state'];

export const ROW_MAX = 5;
export const WINDOW = 20;
const FAILED_IN_WINDOW_MAX = WINDOW / 2;
export const PROBE_MS_MIN = 250;
/**
 * An interval is shorter by up to this share of it, so that the edges of a region do not probe together. Never longer:
 * it is a bound.
 */
const JITTER = 0.25;

export class Breaker {
  readonly #clock: Clock;
  readonly #random: Random;
  #state: BreakerState = 'closed';
  /** Each change of the state begins another: what was sent in an earlier one does not count in this one. */
  #spell = 0;
  #failedInRow = 0;
  /** Of the last calls, newest last: whether each failed. */
  #window: readonly boolean[] = [];
  #intervalMs = PROBE_MS_MIN;
  #probeDueMs = 0;
  readonly #counts = { opened: 0, refused: 0, probes: 0 };

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Whether a call would fail at once. */
  get isHoldingBack(): boolean {
    const state = this.#stateNow();
    return state === 'half-open' || (state === 'open' && this.#clock.monotonicMs() < this.#probeDueMs);
  }

  /** What a call would be told now; undefined: it would be sent. It counts as refused. */
  refusal(): OriginUnavailable | undefined {
    if (!this.isHoldingBack) return undefined;
    this.#counts.refused += 1;
    const retryAfterMs = Math.max(0, this.#probeDueMs - this.#clock.monotonicMs());
    return new OriginUnavailable('the origin has not answered lately: the circuit breaker is open', { retryAfterMs });
  }

  /** Throws OriginUnavailable, at once where it holds calls back. */
  async call<T>(send: () => Promise<T>): Promise<T> {
    const spell = this.#admit();
    try {
      const answer = await send();
      this.#ended(spell, false);
      return answer;
    } catch (error) {
      this.#ended(spell, error instanceof OriginUnavailable && !error.isAnswer);
      throw error;
    }
  }

  told(): Told {
    return { state: this.#stateNow(), ...this.#counts };
  }

  #stateNow(): BreakerState {
    const isForgotten = this.#state === 'open' && this.#clock.monotonicMs() >= this.#probeDueMs + BREAKER_FORGETS_MS;
    return isForgotten ? 'closed' : this.#state;
  }

  #admit(): number {
    const refusal = this.refusal();
    if (refusal !== undefined) throw refusal;
    if (this.#state === 'open' && this.#stateNow() === 'closed') this.#close(ROW_MAX - 1);
    else if (this.#state === 'open') {
      this.#enter('half-open');
      this.#counts.probes += 1;
    }
    return this.#spell;
  }

  #ended(spell: number, isFailure: boolean): void {
    if (spell !== this.#spell) return;
    if (this.#state === 'half-open') {
      this.#intervalMs = isFailure ? Math.min(PROBE_MS_MAX, this.#intervalMs * 2) : PROBE_MS_MIN;
      if (isFailure) return this.#open();
      this.#close(0);
    }
    this.#failedInRow = isFailure ? this.#failedInRow + 1 : 0;
    this.#window = [...this.#window.slice(1 - WINDOW), isFailure];
    if (!isFailure) return;
    const isHalf = this.#window.length === WINDOW && this.#window.filter(Boolean).length >= FAILED_IN_WINDOW_MAX;
    if (isHalf || this.#failedInRow >= ROW_MAX) this.#open();
  }

  #open(): void {
    this.#probeDueMs = this.#clock.monotonicMs() + this.#intervalMs * (1 - JITTER * this.#random.next());
    this.#counts.opened += 1;
    this.#enter('open');
  }

  #close(failedInRow: number): void {
    this.#failedInRow = failedInRow;
    this.#window = [];
    this.#enter('closed');
  }

  #enter(state: BreakerState): void {
    this.#state = state;
    this.#spell += 1;
  }
}
