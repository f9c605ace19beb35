/**
 * The revalidations of an edge: behind a stale answer the origin is asked, once at a time for a key, and what it says
 * is stored behind the same fence as what a reader fetched.
 */
import type { Clock } from '../runtime/clock.ts';
import type { CacheEntry, Lookup, Stamp } from './cache/cache.ts';
import { type EntryLifetimes, timed, toEntry } from './entry-times.ts';
import type { Seen } from './labels.ts';
import { LeaseRevalidations } from './lease-revalidations.ts';
import type { OriginCalls } from './origin-calls.ts';
import { OriginUnavailable } from './origin-client.ts';

export interface RevalidationsOptions {
  readonly origin: Pick<OriginCalls, 'fetch' | 'isHeldBack'>;
  readonly clock: Clock;
  readonly lifetimes: EntryLifetimes;
  /** undefined: the cache does not answer. */
  readonly lookup: (key: string) => Promise<Lookup | undefined>;
  readonly fill: (key: string, entry: CacheEntry, stamp: Stamp) => Promise<unknown>;
  /** How many fetches are under way that are none of these. */
  readonly fetches: () => number;
}

interface Running {
  stamp: Stamp;
  /** A stale read came that this one is too old for. */
  again: boolean;
}

export class Revalidations {
  readonly #options: RevalidationsOptions;
  readonly #running = new Map<string, Running>();
  readonly #forLease = new LeaseRevalidations();

  constructor(options: RevalidationsOptions) {
    this.#options = options;
  }

  /** Starts one, or asks the one that runs to run again when it began before what this reader must not miss. */
  begin(id: number, key: string, found: Seen): void {
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.again ||= running.stamp.life !== found.life || running.stamp.clock < found.fence;
      return;
    }
    if (this.#options.origin.isHeldBack) return;
    const release = found.term?.isOut ? this.#forLease.begin(this.#options.fetches()) : () => {};
    if (release === undefined) return;
    const revalidation = { stamp: found, again: false };
    this.#running.set(key, revalidation);
    void this.#run(id, key, found, revalidation).finally(() => {
      this.#running.delete(key);
      release();
    });
  }

  /** Ends at the first failure: the next stale read starts another. */
  async #run(id: number, key: string, found: Lookup, running: Running): Promise<void> {
    for (let next: Lookup | undefined = found; next?.entry && next.state === 'stale'; ) {
      running.stamp = next;
      try {
        await this.#revalidateOnce(id, key, next, next.entry);
      } catch (error) {
        if (error instanceof OriginUnavailable) return;
        throw error;
      }
      if (!running.again) return;
      // Cleared before the lookup: a reader who comes during it may have seen more than it does.
      running.again = false;
      next = await this.#options.lookup(key);
    }
  }

  async #revalidateOnce(id: number, key: string, stamp: Stamp, held: CacheEntry): Promise<void> {
    const { clock, origin, lifetimes, fill } = this.#options;
    const sentAt = clock.now();
    const answer = await origin.fetch(id, held.etag);
    const askedAt = sentAt - (answer.ageMs ?? 0);
    // A 304 is a fill of the version held, fenced like any other.
    const entry = answer.kind === 'unchanged' ? timed(held, askedAt, lifetimes) : toEntry(answer, askedAt, lifetimes);
    await fill(key, entry, stamp);
  }
}
