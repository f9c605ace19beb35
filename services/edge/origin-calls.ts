/**
 * What an edge asks of its origin for its readers: counted when it is sent, and with a breaker not sent while that
 * holds calls back. With a lease each answer is looked at for what it says of the origin's clock.
 */
import type { Clock } from '../runtime/clock.ts';
import type { Breaker } from './breaker.ts';
import type { Lease } from './lease.ts';
import type { EdgeMeter } from './metrics.ts';
import type { OriginAnswer, OriginClient, OriginListing, OriginUnavailable } from './origin-client.ts';

export interface OriginCallsOptions {
  readonly origin: OriginClient;
  readonly meter: EdgeMeter;
  readonly clock: Clock;
  /** Left out: every call is sent. */
  readonly breaker?: Breaker | undefined;
  /** Left out: there is none. */
  readonly lease?: Lease | undefined;
}

export class OriginCalls {
  readonly #options: OriginCallsOptions;

  constructor(options: OriginCallsOptions) {
    this.#options = options;
  }

  /** Whether a call would fail at once: nothing that nobody waits for need be begun. */
  get isHeldBack(): boolean {
    return this.#options.breaker?.isHoldingBack ?? false;
  }

  /**
   * What a fetch would be told at once. undefined: it would be sent. Who joins a fetch asks, too, for it may be the
   * probe, or sent before it was known.
   */
  refusal(): OriginUnavailable | undefined {
    return this.#options.breaker?.refusal();
  }

  /** Throws OriginUnavailable. */
  fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const { breaker } = this.#options;
    return breaker === undefined ? this.#send(id, ifNoneMatch) : breaker.call(() => this.#send(id, ifNoneMatch));
  }

  /** Throws OriginUnavailable. */
  list(query: string): Promise<OriginListing> {
    const { breaker, origin } = this.#options;
    return breaker === undefined ? origin.list(query) : breaker.call(() => origin.list(query));
  }

  async #send(id: number, ifNoneMatch: string | undefined): Promise<OriginAnswer> {
    const { meter, origin, clock, lease } = this.#options;
    meter.countOriginFetch();
    const askedAt = clock.now();
    try {
      const answer = await origin.fetch(id, ifNoneMatch);
      if (answer.dateMs !== undefined) lease?.compare({ askedAt, dateMs: answer.dateMs, answeredAt: clock.now() });
      return answer;
    } catch (error) {
      meter.countFailedFetch();
      throw error;
    }
  }
}
