/**
 * Fetches what is read most before anybody asks for it, when the cache may have lost it.
 *
 *   any key may be gone        the most-read keys, most-read first, in place of what an earlier loss has left to do
 *   a hard invalidation        that key, first of all, where it is one of the most-read and the region is eager
 *
 * Each goes the way of a reader (`Reader.warm`): the fetch is shared with readers, and stored behind the same fence. So
 * nothing is stored that a reader's fetch might not store. What is there already is left alone, and a key that is being
 * fetched waits for its turn.
 *
 * Readers come first: so many fetches of readers and of the warmer together are under way before the warmer begins
 * another. It waits while the breaker is not closed and while the edge is catching up, and for a moment when the origin
 * has not answered several times in a row. What it could not fetch comes last. It gives up when the cache is away, and
 * when the last loss is long ago.
 */
import { contentIdOf } from '../protocol/content.ts';
import type { EdgeMetrics } from '../protocol/edge-api.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Breaker } from './breaker.ts';
import type { LossListener } from './observed-cache.ts';
import type { Popularity } from './popularity.ts';
import type { Reader } from './reader.ts';

export interface WarmerOptions {
  readonly reader: Pick<Reader, 'warm' | 'fetching'>;
  readonly popularity: Popularity;
  readonly clock: Clock;
  readonly random: Random;
  /** How many fetches are under way at most. */
  readonly concurrency: number;
  /** Whether a hard invalidation is what a write is here. */
  readonly isEager: () => boolean;
  /** undefined while catching up: nothing is fetched then. */
  readonly upToDate: () => number | undefined;
  /** Nothing is fetched while it is not closed. */
  readonly breaker?: Pick<Breaker, 'told'> | undefined;
}

type Told = NonNullable<EdgeMetrics['warming']>;

/** Regions that lose the same at the same moment do not begin together. */
const JITTER_MS = 50;
const LOOK_AGAIN_MS = 100;
const FAILED_IN_ROW_MAX = 5;
const PAUSE_MS = 2_000;
const ROUND_MS_MAX = 60_000;

export class Warmer implements LossListener {
  readonly #options: WarmerOptions;
  /** In the order in which they are to be fetched. */
  #waiting = new Set<number>();
  readonly #underWay = new Set<number>();
  #timer: Timer | undefined;
  #failedInRow = 0;
  #pausedUntilMs = 0;
  #givenUpMs = 0;
  #isClosed = false;
  readonly #counts = { rounds: 0, fetched: 0, missing: 0, failed: 0, held: 0 };

  constructor(options: WarmerOptions) {
    this.#options = options;
  }

  onAny(): void {
    this.#counts.rounds += 1;
    this.#begin(new Set(this.#options.popularity.top()));
  }

  onKey(key: string): void {
    const { isEager, popularity } = this.#options;
    const id = Number(contentIdOf(key) ?? Number.NaN);
    if (isEager() && popularity.isTop(id)) this.#begin(new Set([id, ...this.#waiting]));
  }

  told(): Told {
    return { ...this.#counts, waiting: this.#waiting.size, underWay: this.#underWay.size };
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #begin(waiting: Set<number>): void {
    if (this.#isClosed) return;
    this.#waiting = waiting;
    this.#givenUpMs = this.#options.clock.monotonicMs() + ROUND_MS_MAX;
    if (waiting.size > 0) this.#look(JITTER_MS * this.#options.random.next());
  }

  /** After that time, unless a look is due anyway. */
  #look(afterMs: number): void {
    this.#timer ??= this.#options.clock.setTimer(afterMs, () => {
      this.#timer = undefined;
      this.#fetchNext();
    });
  }

  #fetchNext(): void {
    if (this.#options.clock.monotonicMs() >= this.#givenUpMs) this.#waiting.clear();
    for (let id = this.#next(); id !== undefined; id = this.#next()) {
      this.#waiting.delete(id);
      this.#underWay.add(id);
      void this.#warm(id);
    }
    // What is under way looks when it has landed; readers and the breaker tell nobody.
    if (this.#waiting.size > 0 && this.#underWay.size === 0) this.#look(LOOK_AGAIN_MS);
  }

  /** undefined: nothing is to be fetched now. */
  #next(): number | undefined {
    const { concurrency, reader, upToDate, breaker, clock } = this.#options;
    if (this.#waiting.size === 0 || this.#underWay.size + reader.fetching >= concurrency) return undefined;
    if (upToDate() === undefined || (breaker?.told().state ?? 'closed') !== 'closed') return undefined;
    if (clock.monotonicMs() < this.#pausedUntilMs) return undefined;
    for (const id of this.#waiting) if (!this.#underWay.has(id)) return id;
    return undefined;
  }

  async #warm(id: number): Promise<void> {
    const { reader, popularity } = this.#options;
    const outcome = await reader.warm(id);
    this.#underWay.delete(id);
    if (this.#isClosed) return;
    if (outcome === 'away') this.#waiting.clear();
    else this.#counts[outcome] += 1;
    if (outcome === 'missing') popularity.forget(id);
    if (outcome === 'failed') this.#failed(id);
    else if (outcome !== 'held') this.#failedInRow = 0;
    this.#fetchNext();
  }

  #failed(id: number): void {
    this.#waiting.add(id);
    this.#failedInRow += 1;
    if (this.#failedInRow < FAILED_IN_ROW_MAX) return;
    this.#failedInRow = 0;
    this.#pausedUntilMs = this.#options.clock.monotonicMs() + PAUSE_MS;
  }
}
