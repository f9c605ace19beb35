/** The rules of the protocol, each with its readings. `RULES` is how they should stand. */
export interface Rules {
  /** Whether the creation of content is published. */
  readonly publishesCreation: boolean;
  /** The mode of an event is its own, or always that of the region's strategy. */
  readonly mode: 'event' | 'strategy';
  /**
   * How the marks of a key judge: `apart` by a minimum version of each mode, and by epochs for purges; `single` by one
   * minimum version with the last mode; `conflated` by one minimum version and one clock, also for purges; `clock` by
   * epochs alone; `bump` by epochs, where an event raises the clock of an entry that stays.
   */
  readonly keyMarks: 'apart' | 'single' | 'conflated' | 'clock' | 'bump';
  /** A 404 is ordered by the version that the origin gives it, or by its clock alone. */
  readonly missing: 'version' | 'clock';
  /** A 404 that a soft mark covers is never served, or served as stale. */
  readonly staleMissing: 'never' | 'served';
  /** Whether a fill is fenced at all. */
  readonly fence: boolean;
  /** A hard epoch refuses a fill whose clock it is above, or also one whose clock it is at. */
  readonly epochRefuses: 'above' | 'at';
  /** A 304 is a fill with the clock of its own lookup, or makes the stored entry fresh. */
  readonly notModified: 'fill' | 'touch';
  /** A reader joins a fetch that the fence of the key does not cover, or one that the edge was not told to forget. */
  readonly join: 'fence' | 'forget';
  /** Which fetches the purge of a tag forgets: all, none, or those that hold an entry with the tag. */
  readonly tagForgets: 'all' | 'none' | 'held';
  /** Whether fetches are forgotten only when the edge hears back from its cache. */
  readonly forgetsLate: boolean;
  /** Stale-if-error looks up again, or answers the copy of the first lookup. */
  readonly staleIfError: 'lookup' | 'copy';
  /** Whether an edge remembers what it answered without its cache. */
  readonly remembers: boolean;
  /** A queue is applied from its head, or what is due first. */
  readonly order: 'head' | 'due';
  /** Whether an event is applied only if the one before it was. */
  readonly previous: 'checked' | 'ignored';
  /** A flush raises the hard epoch of all, or wipes the marks, too. */
  readonly flush: 'epoch' | 'wipe';
  /** The highest clock of dropped marks is kept as a floor; or is left out of the fence of a key; or is not kept. */
  readonly floor: 'kept' | 'unfenced' | 'none';
  /** That a cache went back is noticed at its connection, or by an offset below the committed one. */
  readonly notice: 'connection' | 'committed';
  /** A cache that went back: all is invalid; or stale until the edge has caught up; or nothing. */
  readonly wentBack: 'invalid' | 'stale' | 'none';
  /** Whether a clock belongs to a life of the cache. */
  readonly life: boolean;
  /** From its start an edge calls nothing fresh until it has caught up, or answers at once. */
  readonly restart: 'stale' | 'none';
  /** What a log made anew raises: the hard or the soft epoch of all. */
  readonly newLog: 'hard' | 'soft';
  /** Whether a log made anew resets the stored offsets. */
  readonly resetsOffsets: boolean;
  /**
   * Whether stored offsets name their log: it is asked for at each take-up, or at the start of the edge only, or never.
   */
  readonly logId: 'always' | 'start' | 'never';
  /**
   * Where a cache without any offset begins: at the last record of each partition, after the ends were asked for and
   * *then* the hard epoch of all was raised (rule A-8); the same in the other order; the same without the epoch; or at
   * the start of the log.
   */
  readonly emptyCache: 'endsFirst' | 'epochFirst' | 'noEpoch' | 'log';
}

export const RULES: Rules = {
  publishesCreation: true,
  mode: 'event',
  keyMarks: 'apart',
  missing: 'version',
  staleMissing: 'never',
  fence: true,
  epochRefuses: 'above',
  notModified: 'fill',
  join: 'fence',
  tagForgets: 'all',
  forgetsLate: false,
  staleIfError: 'lookup',
  remembers: true,
  order: 'head',
  previous: 'checked',
  flush: 'epoch',
  floor: 'kept',
  notice: 'connection',
  wentBack: 'invalid',
  life: true,
  restart: 'stale',
  newLog: 'hard',
  resetsOffsets: true,
  logId: 'always',
  emptyCache: 'endsFirst',
};
