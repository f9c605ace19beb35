/**
 * How an invalidation is brought to the cache: the requests that it is sent as, again and again until they were taken,
 * or as the mode of delivery says. A purge that hangs holds up no other, as long as fewer than a hundred hang.
 */
import type { Deliver, PurgeRequest, PurgeWay } from '../protocol/purge-ways.ts';
import { type Clock, sleep } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { type Purge, requestsOf } from './requests.ts';

export interface DeliveryOptions {
  readonly region: string;
  readonly ways: readonly PurgeWay[];
  /** Statuses of a purge that was taken. */
  readonly ok: readonly number[];
  readonly deliver: Deliver;
  /** Whoever purges the cache is told, in place of all requests to it. Rejects with NoAnswer, in words. */
  readonly tell?: ((purge: Purge) => Promise<Sent>) | undefined;
  /** Rejects with NoAnswer, in words. */
  readonly ask: (request: PurgeRequest) => Promise<{ readonly status: number }>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of one request, or of telling. */
interface Sent {
  readonly isTaken: boolean;
  /** `PURGE /api/content/7: 503`. */
  readonly text: string;
}

/** What a purger has done so far. */
export interface PurgerCounts {
  sent: number;
  taken: number;
  refused: number;
  unanswered: number;
  widened: number;
}

export interface Delivering {
  /** After it was aborted nothing is sent any more. */
  readonly signal: AbortSignal;
  /** Called when the cache has taken it, the first time. */
  readonly onTaken?: () => void;
  /** Called with the moment, on the monotonic clock, at which it is to be purged once more. */
  readonly onAgain?: (atMs: number) => void;
}

/** A stop of an hour may leave ten thousand purges that are due at once. */
const AT_ONCE_MAX = 100;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

export class Delivery {
  readonly counts: PurgerCounts = { sent: 0, taken: 0, refused: 0, unanswered: 0, widened: 0 };
  readonly #options: DeliveryOptions;
  readonly #ids: ReadonlySet<string>;
  readonly #turns = new Semaphore(AT_ONCE_MAX);

  /** `ids`: of all contents that the log has named so far. */
  constructor(options: DeliveryOptions, ids: ReadonlySet<string>) {
    this.#options = options;
    this.#ids = ids;
  }

  /** Resolves when nothing more is to be done for it, or when it was aborted. Never rejects. */
  async bring(purge: Purge, { signal, onTaken = () => {}, onAgain = () => {} }: Delivering): Promise<void> {
    const { deliver, clock, ways, tell } = this.#options;
    if (deliver.how === 'none') return;
    if (tell === undefined && requestsOf(purge, ways, this.#ids).isWidened) this.counts.widened += 1;
    if ((await this.#untilTaken(purge, signal)) && !signal.aborted) onTaken();
    for (const ms of deliver.how === 'again' ? deliver.afterMs : []) {
      if (signal.aborted) return;
      onAgain(clock.monotonicMs() + ms);
      await sleep(clock, ms, signal);
      await this.#untilTaken(purge, signal);
    }
  }

  /** Whether it was taken in the end. */
  async #untilTaken(purge: Purge, signal: AbortSignal): Promise<boolean> {
    const { clock, deliver } = this.#options;
    for (let backoffMs = BACKOFF_MS_MIN; !signal.aborted; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      const isTaken = await this.#send(purge, signal);
      if (isTaken || deliver.how === 'once') return isTaken;
      await sleep(clock, backoffMs, signal);
    }
    return false;
  }

  /** Whether the cache took all of it. */
  async #send(purge: Purge, signal: AbortSignal): Promise<boolean> {
    const { ways, tell } = this.#options;
    const sends =
      tell === undefined ? requestsOf(purge, ways, this.#ids).requests.map((request) => () => this.#ask(request)) : [() => tell(purge)];
    const taken = await Promise.all(sends.map((send) => this.#turns.take(async () => !signal.aborted && this.#isTaken(send))));
    return taken.every(Boolean);
  }

  async #ask(request: PurgeRequest): Promise<Sent> {
    const { status } = await this.#options.ask(request);
    return { isTaken: this.#options.ok.includes(status), text: `${request.method} ${request.path}: ${status}` };
  }

  async #isTaken(send: () => Promise<Sent>): Promise<boolean> {
    const { logger, region } = this.#options;
    this.counts.sent += 1;
    try {
      const { isTaken, text } = await send();
      if (isTaken) this.counts.taken += 1;
      else this.counts.refused += 1;
      if (!isTaken) logger.warn({ region, answer: text }, 'a purge was refused');
      return isTaken;
    } catch (error) {
      this.counts.unanswered += 1;
      logger.warn({ region, error: String(error) }, 'a purge had no answer');
      return false;
    }
  }
}
