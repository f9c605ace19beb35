/**
 * The port to a region's cache: Redis, or a map in memory. Each call is one atomic step.
 *
 * The cache holds a life, a clock, the entries, the marks, a floor and, per partition of the log, the position applied
 * last. Several edges of a region may have one cache. Validity is judged at lookup, from an entry's clock and version
 * against the marks; see `marks.ts` for the rules.
 */
import type { Content } from '../../protocol/content.ts';
import type { EdgeHealth, EntryState, VersionRow } from '../../protocol/edge-api.ts';
import type { InvalidationMode, InvalidationType } from '../../protocol/invalidation.ts';

/** What the origin said of a key, with the times that bound its use. All times in ms since 1970. */
export interface CacheEntry {
  /** A 404 has one too: the last version of a deleted id, 0 for one never created. */
  readonly version: number;
  /** null: the origin answered 404. */
  readonly content: Content | null;
  readonly etag: string;
  /** When the origin was asked. */
  readonly fetchedAt: number;
  readonly freshUntil: number;
  /** Until then a stale entry may be answered while it is revalidated. */
  readonly staleUntil: number;
  /** The end of the entry's life; in between it serves only when the origin is away. */
  readonly expiresAt: number;
}

/** How many invalidations a cache remembers when nobody says. */
export const MARKS_MAX = 100_000;

/** What bounds the memory of invalidations. */
export interface CacheBounds {
  /** The longest life of an entry plus the longest fetch: a mark older than that cannot be needed. */
  readonly markRetentionMs: number;
  /** So many marks are kept, in memory so many of keys and so many of tags. Left out: MARKS_MAX. */
  readonly marksMax?: number;
}

/** The moment in the cache's logical time before a fetch began. A fill without it is impossible by design. */
export interface Stamp {
  readonly clock: number;
  readonly life: string;
}

export interface Lookup extends Stamp {
  readonly state: EntryState;
  /** null when absent or invalid: nothing invalid ever leaves the cache. */
  readonly entry: CacheEntry | null;
  /** The highest clock of any mark that could touch the key. A fetch with a lower clock may have read too early. */
  readonly fence: number;
  /**
   * Where a lease is asked for: up to when everything is known to be in the marks, in the same step. Left out: nothing
   * says so.
   */
  readonly beat?: number | undefined;
}

export const FILL_REFUSALS = ['other-life', 'below-floor', 'below-hard-minimum', 'newer-stored', 'hard-epoch'] as const;
export type FillRefusal = (typeof FILL_REFUSALS)[number];
export const FILL_OUTCOMES = ['stored', ...FILL_REFUSALS] as const;
export type FillOutcome = (typeof FILL_OUTCOMES)[number];

/** Where a record stood in the log, with its identity: a log made anew has other records at the same offsets. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
  /** Empty where no record was read: see `places.ts`. */
  readonly id: string;
  readonly time: number;
}

/** What one event does to the marks: a minimum version of its key, or an epoch of its scope. */
export interface Mark {
  readonly type: InvalidationType;
  readonly target: string;
  readonly mode: InvalidationMode;
  /** Only with type `key`. */
  readonly version?: number;
}

export interface Application {
  readonly mark: Mark;
  readonly position: Position;
  /** Offset of the record before in its partition; -1 when read from the log's start. */
  readonly previous: number;
  /** Of the log that the record was read from, as it was taken up. Left out: whichever is in force. */
  readonly generation?: string | undefined;
}

/** A record that leaves no mark: a heartbeat, several of them in a row, or what may be skipped. */
export interface Passage {
  readonly position: Position;
  /** Offset of the record before the first of them. */
  readonly previous: number;
  readonly generation?: string | undefined;
  /**
   * Everything that could be seen at the origin before `time` stands before it in its partition, which is one of
   * `partitions`.
   */
  readonly beat: Beat | undefined;
}

export interface Beat {
  /** Wall clock, ms since 1970; not in the future of whoever tells it. */
  readonly time: number;
  readonly partitions: number;
}

/** What an edge reads the log on from. */
export interface TakenUp {
  /**
   * Names the log that was applied here. Another one after the log was forgotten, by whichever edge of the region, and
   * in another life.
   */
  readonly generation: string;
  /** Per partition the position applied last; a partition without one is missing. */
  readonly positions: ReadonlyMap<number, Position>;
}

/**
 * `gap`: the record before was never applied here. `other-log`: it was read from a log that has been forgotten. Either
 * way the edge must take up the stored offset again.
 */
export const APPLY_OUTCOMES = ['applied', 'skipped', 'gap', 'other-log'] as const;
export type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];

/** An entry as the marks judge it. */
export interface CachedVersion extends VersionRow {
  /** Wall clock, ms since 1970: until when it is fresh by its lifetime. */
  readonly freshUntil: number;
  /** It is a 404. */
  readonly isMissing: boolean;
}

export interface EdgeCache {
  lookup(key: string): Promise<Lookup>;
  /**
   * What `lookup` would answer, where that is known without asking anybody. undefined, or left out: `lookup` it is.
   * Never throws.
   */
  lookupNow?(key: string): Lookup | undefined;
  fill(key: string, entry: CacheEntry, stamp: Stamp): Promise<FillOutcome>;
  /** In order, each its own atomic step, one round trip. */
  apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]>;
  /**
   * As `apply`, in one step: the position and the heartbeat. No mark, and the clock stays. The heartbeat is pending
   * until it is confirmed.
   */
  pass(passage: Passage): Promise<ApplyOutcome>;
  /**
   * The log was found to be the same after these were stored: what is pending takes effect, by partition and up to the
   * time named. Answers `Lookup.beat` from then on.
   */
  confirmBeats(times: ReadonlyMap<number, number>): Promise<number | undefined>;
  takeUp(): Promise<TakenUp>;
  /**
   * The log of that generation is another one by now: in one step a hard epoch of all, and no position and no heartbeat
   * left. Answers the generation in force then. undefined: that log had been forgotten before, and nothing was done.
   */
  forgetLog(generation: string): Promise<string | undefined>;
  /**
   * These versions were answered: in one step the hard minimum of each key is no lower. No record says so, and
   * positions stay.
   */
  raiseMinimums(versions: ReadonlyMap<string, number>): Promise<void>;
  /** A hard epoch of all. Marks, clock and positions stay. */
  flush(): Promise<void>;
  /** The entries stored last, newest first. */
  versions(limit: number): Promise<readonly CachedVersion[]>;
  connected(): boolean;
  /**
   * As it is now, asked of it: a cache that refuses to change goes on answering lookups, and what it answers may be
   * old. Never rejects.
   */
  condition(): Promise<EdgeHealth['redis']>;
  /** Called after each new life: the cache may have gone back, so stored offsets must be taken up again. */
  onNewLife(listener: () => void): void;
  close(): Promise<void>;
}

/** The cache did not answer in time. There is no clock and no fence: read through, never fill. */
export class CacheUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CacheUnavailable';
  }
}
