/**
 * Hot entries: what the cache answered is answered again for a moment, without asking it. A hot entry is what the cache
 * would have answered at most HOT_MS ago. That follows from four rules.
 *
 *   time      The moment begins when the lookup is *sent*: what came later may not be in its answer.
 *   own       What this edge changes is held no more when the call resolves, nor is the answer of a lookup sent before.
 *             A call that failed may have changed it all the same. So with one edge to a region nothing is ever seen
 *             after it was applied.
 *   lookup    Clock, fence and heartbeat are those of the lookup that brought the entry, and so is what the edge knew
 *             when it was sent: nothing that is learned later speaks for it. Times are compared by the clock of the
 *             read. Once its lease is out, the cache is asked.
 *   life      Another life, or a call without an answer: nothing is held, and no answer of a lookup under way will be.
 *
 * Readers of one key who come while it is looked up join that lookup, by the same rules.
 */
import type { Clock } from '../../runtime/clock.ts';
import type { Application, ApplyOutcome, CacheEntry, EdgeCache, FillOutcome, Lookup, Stamp } from './cache.ts';
import { DecoratedCache } from './decorated.ts';
import { type Asked, type Hot, HotEntries } from './hot-entries.ts';

export interface HotCacheOptions {
  readonly clock: Clock;
  readonly hotMs: number;
  readonly bytesMax: number;
  /** As `ReaderOptions.upToDate`: what is known when a hot entry is answered says nothing of when it was looked up. */
  readonly upToDate: () => number | undefined;
  /**
   * Whether the lease of what is fresh by the cache is out: asked again, the cache may tell of a later heartbeat. Left
   * out: there is none.
   */
  readonly isOutOfLease?: ((key: string, found: Lookup) => boolean) | undefined;
  /** A lookup was answered without the cache. */
  readonly onHit: () => void;
}

/** Where no heartbeat comes any more the cache is asked no more often than that. */
const OUT_OF_LEASE_MS = 25;

interface Question extends Asked {
  readonly answer: Promise<Lookup>;
}

export class HotCache extends DecoratedCache {
  readonly #options: HotCacheOptions;
  readonly #entries: HotEntries;
  /** Per key the lookup under way whose answer will be held. */
  readonly #questions = new Map<string, Question>();
  #life: string | undefined;

  constructor(cache: EdgeCache, options: HotCacheOptions) {
    super(cache);
    this.#options = options;
    this.#entries = new HotEntries(options);
    cache.onNewLife(() => this.#dropAll());
  }

  override lookup(key: string): Promise<Lookup> {
    const held = this.lookupNow(key);
    if (held !== undefined) return Promise.resolve(held);
    const question = this.#questions.get(key);
    return question !== undefined && this.#isCurrent(question) ? this.#join(key, question) : this.#ask(key);
  }

  lookupNow(key: string): Lookup | undefined {
    const hot = this.#entries.get(key);
    if (hot === undefined || !this.#isCurrent(hot) || this.#isOver(hot.found) || this.#isOutOfLease(key, hot)) return undefined;
    this.#options.onHit();
    return hot.found;
  }

  override fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome> {
    return this.#changing(super.fill(key, entry, stamp), () => this.#drop(key));
  }

  /**
   * Of all keys: whatever is applied may also make the cache forget older marks, and then what was stored before them
   * is invalid.
   */
  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.#changing(super.apply(batch), () => this.#dropAll());
  }

  override raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void> {
    return this.#changing(super.raiseMinimums(versions), () => this.#dropAll());
  }

  override flush(): Promise<void> {
    return this.#changing(super.flush(), () => this.#dropAll());
  }

  override forgetLog(generation: string): Promise<string | undefined> {
    return this.#changing(super.forgetLog(generation), () => this.#dropAll());
  }

  #isCurrent({ sentMs, spell }: Asked): boolean {
    const { clock, hotMs, upToDate } = this.#options;
    return clock.monotonicMs() - sentMs <= hotMs && upToDate() === spell;
  }

  /** By the clock of the read the cache would judge the entry otherwise, though nothing has happened to it. */
  #isOver({ state, entry }: Lookup): boolean {
    if (entry === null) return false;
    return this.#options.clock.now() >= (state === 'fresh' ? entry.freshUntil : entry.expiresAt);
  }

  #isOutOfLease(key: string, { found, sentMs }: Hot): boolean {
    const { clock, isOutOfLease } = this.#options;
    return clock.monotonicMs() - sentMs > OUT_OF_LEASE_MS && isOutOfLease !== undefined && isOutOfLease(key, found);
  }

  async #join(key: string, { answer }: Question): Promise<Lookup> {
    const found = await answer;
    return this.#isOver(found) ? this.#ask(key) : found;
  }

  #ask(key: string): Promise<Lookup> {
    const { clock, upToDate } = this.#options;
    this.#entries.delete(key);
    const asked = { sentMs: clock.monotonicMs(), spell: upToDate() };
    const question: Question = {
      ...asked,
      answer: super.lookup(key).then(
        (found) => this.#answered(key, question, found),
        (error) => this.#failed(error),
      ),
    };
    this.#questions.set(key, question);
    return question.answer;
  }

  #answered(key: string, question: Question, found: Lookup): Lookup {
    if (this.#questions.get(key) !== question) return found;
    if (found.life !== this.#life) this.#dropAll();
    this.#life = found.life;
    this.#questions.delete(key);
    const { sentMs, spell } = question;
    if (found.entry !== null) this.#entries.add(key, { found, sentMs, spell });
    return found;
  }

  #failed(error: unknown): never {
    this.#dropAll();
    throw error;
  }

  /** Drops before whoever called goes on, whatever became of the call. */
  async #changing<T>(change: Promise<T>, drop: () => void): Promise<T> {
    try {
      return await change;
    } finally {
      drop();
    }
  }

  #drop(key: string): void {
    this.#entries.delete(key);
    this.#questions.delete(key);
  }

  #dropAll(): void {
    this.#entries.clear();
    this.#questions.clear();
  }
}
