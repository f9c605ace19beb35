/**
 * Which heartbeats count. One that was applied is *pending*: the log it stood in may be another one than the log that
 * was read before. It takes effect in the cache once a check of the log's identity, begun after it was applied, has
 * found the same log. A take-up drops what is pending.
 */
import type { Heartbeat } from '../protocol/heartbeat.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import { LOG_CHECK_EVERY_MS } from '../runtime/lease-settings.ts';
import { type Beat, CacheUnavailable, type EdgeCache } from './cache/cache.ts';

export interface EvidenceOptions {
  readonly cache: EdgeCache;
  readonly clock: Clock;
  readonly skewMs: number;
  /**
   * Other edges bring heartbeats into the same cache: it is asked what is in effect there, also while this edge does
   * not reach the log.
   */
  readonly isShared?: boolean | undefined;
}

export interface EvidenceStatus {
  /**
   * Wall clock: up to when everything is known to be in the cache, when it was asked last; undefined: nothing says so.
   */
  readonly upTo: number | undefined;
  readonly heartbeats: number;
  /** Of those, how many came from the future of this clock and had no effect. */
  readonly fromFuture: number;
  /** The last one did. */
  readonly isFromFuture: boolean;
}

export class Evidence {
  readonly #options: EvidenceOptions;
  /** Applied since the last take-up, by partition the latest. Another map after each take-up. */
  #applied = new Map<number, number>();
  #upTo: number | undefined;
  #heartbeats = 0;
  #fromFuture = 0;
  #isFromFuture = false;

  constructor(options: EvidenceOptions) {
    this.#options = options;
  }

  /** What a heartbeat is worth here; undefined: nothing. It is never later than now. */
  worthOf({ time, partitions }: Heartbeat): Beat | undefined {
    const now = this.#options.clock.now();
    this.#heartbeats += 1;
    this.#isFromFuture = time > now + this.#options.skewMs;
    if (!this.#isFromFuture) return { time: Math.min(time, now), partitions };
    this.#fromFuture += 1;
    return undefined;
  }

  /** The cache has it. */
  applied(partition: number, { time }: Beat): void {
    this.#applied.set(partition, Math.max(time, this.#applied.get(partition) ?? time));
  }

  /** The log is read anew from somewhere. */
  drop(): void {
    this.#applied = new Map();
  }

  status(): EvidenceStatus {
    const [upTo, heartbeats, fromFuture, isFromFuture] = [this.#upTo, this.#heartbeats, this.#fromFuture, this.#isFromFuture];
    return { upTo, heartbeats, fromFuture, isFromFuture };
  }

  /** Until aborted. Never rejects. */
  async confirmAgainAndAgain(isSameLog: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const begunMs = clock.monotonicMs();
      await this.#confirm(isSameLog);
      await sleep(clock, Math.max(0, LOG_CHECK_EVERY_MS - (clock.monotonicMs() - begunMs)), signal);
    }
  }

  async #confirm(isSameLog: () => Promise<boolean>): Promise<void> {
    if (this.#options.isShared) await this.#bring(new Map());
    const applied = this.#applied;
    if (applied.size === 0) return;
    // As it is before the check begins: what is applied meanwhile may stand in another log.
    const times = new Map(applied);
    if (!(await isSameLog()) || applied !== this.#applied) return;
    await this.#bring(times);
  }

  /** Asks what is in effect afterwards. */
  async #bring(times: ReadonlyMap<number, number>): Promise<void> {
    try {
      this.#upTo = await this.#options.cache.confirmBeats(times);
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
    }
  }
}
