/**
 * The read path of an edge.
 *
 *   fresh            answered from the cache
 *   stale            answered from the cache, and at most one revalidation per key runs behind it
 *   absent, invalid  one shared fetch, a fenced fill, the answer
 *   origin away      stale-if-error, from a second lookup made after the fetch failed; else 503. With a breaker
 *                    (breaker.ts) a fetch fails at once while the origin is known to be away, and no revalidation is
 *                    begun
 *   cache away       through to the origin, shared and capped; no fill, for there is no fence
 *
 * Where there is a lease (lease.ts), what is fresh is stale once its lease has run out: nobody waits for that either.
 * What the origin says is labelled by the same rule: whoever joins a fetch that took too long is told so.
 *
 * The stamp of a fill is always that of the lookup made before the fetch began.
 */
import { contentKey } from '../protocol/content.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Breaker } from './breaker.ts';
import { type CacheEntry, CacheUnavailable, type EdgeCache, type Lookup, type Stamp } from './cache/cache.ts';
import { type EntryLifetimes, toEntry } from './entry-times.ts';
import { Flights } from './flights.ts';
import { type Answer, type Fetched, type Landed, labelled, type Seen, seenAs } from './labels.ts';
import type { Lease } from './lease.ts';
import type { EdgeMeter } from './metrics.ts';
import { bothAway, noAnswer } from './no-answer.ts';
import { OriginCalls } from './origin-calls.ts';
import { type OriginClient, OriginUnavailable } from './origin-client.ts';
import { type Remembered, RememberedVersions } from './remembered.ts';
import { Revalidations } from './revalidations.ts';

export interface ReaderOptions {
  readonly cache: EdgeCache;
  readonly origin: OriginClient;
  readonly clock: Clock;
  readonly meter: EdgeMeter;
  readonly lifetimes: EntryLifetimes;
  /**
   * undefined while something is known to be missing, and nothing is called fresh: see `invalidator.ts`. Else a number
   * for this spell of being up to date: two that are equal say that it was so all the time between them.
   */
  readonly upToDate: () => number | undefined;
  /** Other edges answer from the same cache: it is told what was answered without it. */
  readonly isShared?: boolean | undefined;
  /** Left out: what is fresh is so without a bound. */
  readonly lease?: Lease | undefined;
  /** Left out: the origin is asked whenever it is needed. */
  readonly breaker?: Breaker | undefined;
}

/** Without a cache there is nothing to hold back a stampede: at most this many keys are fetched at once. */
const READ_THROUGH_MAX = 64;
/** What the origin answered may be too old to be said when it arrives: then it is asked once more. */
const ATTEMPTS_MAX = 2;
const TOO_LATE = 'the origin says that there is nothing, and said it longer ago than the lease lasts';
const NO_CACHE: Stamp & { readonly fence: number } = { clock: 0, life: 'none', fence: 0 };

interface Asked {
  readonly remembered: Remembered;
  readonly spell: number | undefined;
}

/** `held`: it was there, or a reader has fetched it. `away`: the cache does not answer. */
export type Warmed = 'fetched' | 'missing' | 'held' | 'failed' | 'away';

export class Reader {
  readonly #options: ReaderOptions;
  readonly #origin: OriginCalls;
  readonly #misses = new Flights<Landed>();
  readonly #throughs = new Flights<Fetched>();
  readonly #revalidations: Revalidations;
  readonly #remembered = new RememberedVersions();
  /** Fetches that nobody reads for. */
  #warming = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#origin = new OriginCalls(options);
    this.#revalidations = new Revalidations({
      origin: this.#origin,
      clock: options.clock,
      lifetimes: options.lifetimes,
      lookup: (key) => this.#lookup(key),
      fill: (key, entry, stamp) => this.#fill(key, entry, stamp),
      fetches: () => this.#misses.size + this.#throughs.size,
    });
  }

  /** Throws ServiceError `unavailable` when neither cache nor origin has an answer. */
  async read(id: number): Promise<Answer> {
    const key = contentKey(id);
    const found = await this.#lookup(key);
    if (found === undefined) return this.#readThrough(id, key);
    return this.#fromCache(id, key, found) ?? this.#fetchShared(id, key, found);
  }

  /** What `read` answers, where the cache has it at hand. undefined: `read` it is. */
  readNow(id: number): Answer | undefined {
    const key = contentKey(id);
    const asked = this.#beforeLookup(key);
    const found = this.#options.cache.lookupNow?.(key);
    return found && this.#fromCache(id, key, this.#afterLookup(key, found, asked));
  }

  /** undefined: it has nothing that readers may be answered. */
  #fromCache(id: number, key: string, found: Seen): Answer | undefined {
    const { entry, term } = found;
    if (entry !== null && found.state === 'fresh') return { entry, source: 'cache', status: 'fresh', term };
    if (entry !== null && this.#options.clock.now() < entry.staleUntil) {
      this.#revalidations.begin(id, key, found);
      return { entry, source: 'cache', status: 'stale', term };
    }
    return undefined;
  }

  /** How many fetches are under way for readers. */
  get fetching(): number {
    return Math.max(0, this.#misses.size + this.#throughs.size - this.#warming);
  }

  /**
   * As a reader would, for those who come: what nobody may be answered from the cache is fetched, with them, and stored
   * behind the same fence.
   */
  async warm(id: number): Promise<Warmed> {
    const key = contentKey(id);
    const seen = await this.#lookup(key);
    if (seen === undefined) return 'away';
    if (seen.entry !== null && this.#options.clock.now() < seen.entry.staleUntil) return 'held';
    const { landed, joined } = this.#misses.board(key, seen, () => this.#fetchAndFill(id, key, seen));
    const own = joined ? 0 : 1;
    this.#warming += own;
    try {
      const { entry } = await landed;
      return joined ? 'held' : entry.content === null ? 'missing' : 'fetched';
    } catch (error) {
      if (error instanceof OriginUnavailable) return 'failed';
      throw error;
    } finally {
      this.#warming -= own;
    }
  }

  /** undefined: the cache does not answer. */
  async #lookup(key: string): Promise<Seen | undefined> {
    const { cache } = this.#options;
    try {
      await this.#remembered.ready(() => cache.flush());
      const asked = this.#beforeLookup(key);
      return this.#afterLookup(key, await cache.lookup(key), asked);
    } catch (error) {
      if (error instanceof CacheUnavailable) return undefined;
      throw error;
    }
  }

  /**
   * What only the edge knows: that is asked for before the cache is, and again afterwards, for the answer is that of
   * some moment in between.
   */
  #beforeLookup(key: string): Asked {
    const { cache, upToDate, isShared } = this.#options;
    if (isShared) this.#remembered.tell((versions) => cache.raiseMinimums(versions));
    return { remembered: this.#remembered.of(key), spell: upToDate() };
  }

  /** The cache's own judgement, and what the edge knew. */
  #afterLookup(key: string, found: Lookup, { remembered, spell }: Asked): Seen {
    if (found.entry === null) return found;
    if (!this.#remembered.allows(key, found.entry.version, remembered)) return { ...found, state: 'invalid', entry: null };
    const { upToDate } = this.#options;
    return seenAs(key, found, { isKnown: spell !== undefined && spell === upToDate(), lease: this.#lease });
  }

  /** Where one is in force. */
  get #lease(): Lease | undefined {
    const { lease } = this.#options;
    return lease?.isOn ? lease : undefined;
  }

  async #fetchShared(id: number, key: string, found: Lookup, attempts = 1): Promise<Answer> {
    const refusal = this.#origin.refusal();
    if (refusal !== undefined) return this.#staleIfError(key, refusal);
    const { landed, joined } = this.#misses.board(key, found, () => this.#fetchAndFill(id, key, found));
    if (joined) this.#options.meter.countCoalesced();
    try {
      const fetched = await landed;
      const reason = found.entry === null ? 'miss' : 'stale';
      const answer = labelled(fetched, { reason, stored: fetched.stored, collapsed: joined }, this.#lease);
      if (answer !== undefined) return answer;
    } catch (error) {
      if (error instanceof OriginUnavailable) return this.#staleIfError(key, error);
      throw error;
    }
    if (attempts < ATTEMPTS_MAX) return this.#fetchShared(id, key, found, attempts + 1);
    throw noAnswer(TOO_LATE);
  }

  async #fetchAndFill(id: number, key: string, stamp: Stamp): Promise<Landed> {
    const fetched = await this.#fetchEntry(id);
    return { ...fetched, stored: await this.#fill(key, fetched.entry, stamp) };
  }

  async #fetchEntry(id: number): Promise<Fetched> {
    const { clock, lifetimes } = this.#options;
    const [askedAt, askedMs] = [clock.now(), clock.monotonicMs()];
    const answer = await this.#origin.fetch(id);
    if (answer.kind === 'unchanged') throw new OriginUnavailable('expected content or 404, got 304 to a request without If-None-Match');
    return { entry: toEntry(answer, askedAt - (answer.ageMs ?? 0), lifetimes), askedMs: askedMs - (answer.ageMs ?? 0) };
  }

  async #fetchPast(id: number): Promise<Fetched> {
    const fetched = await this.#fetchEntry(id);
    this.#options.meter.countReadThrough();
    return fetched;
  }

  async #readThrough(id: number, key: string): Promise<Answer> {
    if (this.#throughs.size >= READ_THROUGH_MAX && !this.#throughs.has(key)) {
      throw noAnswer(`the cache is away and ${READ_THROUGH_MAX} keys are being fetched already`);
    }
    const refusal = this.#origin.refusal();
    if (refusal !== undefined) throw bothAway(refusal);
    const { landed, joined } = this.#throughs.board(key, NO_CACHE, () => this.#fetchPast(id));
    if (joined) this.#options.meter.countCoalesced();
    try {
      const fetched = await landed;
      this.#remember(key, fetched.entry.version);
      const answer = labelled(fetched, { reason: 'bypass', stored: false, collapsed: joined }, this.#lease);
      if (answer !== undefined) return answer;
    } catch (error) {
      if (error instanceof OriginUnavailable) throw bothAway(error);
      throw error;
    }
    throw noAnswer(TOO_LATE);
  }

  async #staleIfError(key: string, cause: OriginUnavailable): Promise<Answer> {
    const found = await this.#lookup(key);
    if (found?.entry === null || found === undefined) throw noAnswer(`not cached, and the origin does not answer: ${cause.message}`, cause);
    return { entry: found.entry, source: 'cache', status: found.state === 'fresh' ? 'fresh' : 'stale', term: found.term };
  }

  async #fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<boolean> {
    try {
      const outcome = await this.#options.cache.fill(key, entry, stamp);
      this.#options.meter.countFill(outcome);
      return outcome === 'stored';
    } catch (error) {
      if (!(error instanceof CacheUnavailable)) throw error;
      this.#remember(key, entry.version);
      return false;
    }
  }

  /**
   * No reader from now on may be answered less, from the cache or by a fetch that began before, with the cache or
   * without it.
   */
  #remember(key: string, version: number): void {
    const isMore = this.#remembered.remember(key, version);
    this.#misses.close(key);
    // Else each reader who lands would end the fetch that the next ones share.
    if (isMore) this.#throughs.close(key);
  }
}
