/** The rules of several members on one cache, each with its readings. `RULES` is how they should stand. */
export interface Rules {
  /**
   * Every member reads every partition, in a group of its own, or one group splits the partitions among its members.
   */
  readonly reads: 'whole' | 'split';
  /**
   * After its start a member calls nothing fresh until: all is applied that the log held then, in the partitions that
   * it reads; or the lease of the answer begins later than the start; or it answers at once.
   */
  readonly start: 'caughtUp' | 'since' | 'none';
  /** Heartbeats are stored in the cache by partition; or each member keeps those of its own partitions; or no lease. */
  readonly lease: 'stored' | 'own' | 'off';
  /**
   * The generation of the log: each apply names it, and is refused under another; or a log is forgotten once, but no
   * apply is asked; or each member that notices another log forgets it again.
   */
  readonly generation: 'checked' | 'once' | 'none';
  /**
   * What a member keeps beside the cache: nothing; hot entries, good for a while from their lookup on; hot entries that
   * questions for what has changed confirm; or hot entries with marks of its own, from its own reading of the log.
   */
  readonly hot: 'off' | 'timed' | 'confirmed' | 'marked';
  /** `timed`, `confirmed`: a lookup (or a confirmation) counts from when it was sent, or from its receipt. */
  readonly countsFrom: 'sent' | 'received';
  /** A lookup from before the last confirmation, or from before a change of the member's own: not kept, or kept. */
  readonly lateLookup: 'refused' | 'kept';
  /** `confirmed`: whether keys that were filled count as changed, like keys that were marked. */
  readonly namesFills: boolean;
  /** The lease of a hot answer is that of what confirms it, or of the latest answer of any script. */
  readonly leaseOf: 'confirmation' | 'latest';
  /** Whether a hot answer has caught up is asked of the positions of what confirms it, or of those in force now. */
  readonly caughtUpOf: 'confirmation' | 'now';
  /** Whether a member drops its hot entry in the same turn in which it applies, fills or flushes. */
  readonly dropsOwn: boolean;
  /** Whether an answer from the cache drops the hot entry, and lookups from before it, in the same way. */
  readonly dropsAnswered: boolean;
  /** Whether a new life of the cache drops the hot entry, and all that is under way. */
  readonly dropsAtNewLife: boolean;
  /** `marked`: the cache is marked first, or the hot entry. */
  readonly order: 'cacheFirst' | 'hotFirst';
  /** `marked`: a hot entry has the member's own clock of before its lookup, or of after it. */
  readonly stampedAt: 'lookup' | 'answer';
  /** Versions answered without the cache are raised in the cache, before the next lookup, or bind that member only. */
  readonly remembered: 'shared' | 'own';
}

export const RULES: Rules = {
  reads: 'whole',
  start: 'caughtUp',
  lease: 'stored',
  generation: 'checked',
  hot: 'off',
  countsFrom: 'sent',
  lateLookup: 'refused',
  namesFills: true,
  leaseOf: 'confirmation',
  caughtUpOf: 'confirmation',
  dropsOwn: true,
  dropsAnswered: true,
  dropsAtNewLife: true,
  order: 'cacheFirst',
  stampedAt: 'lookup',
  remembered: 'shared',
};
