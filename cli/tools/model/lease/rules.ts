/** The rules of the lease, each with its readings. `RULES` is how they should stand. */
export interface Rules {
  /**
   * When a relay may send a heartbeat: `empty` when its claim found nothing; `afterBatch` when all that the claim found
   * is acknowledged, too; `unacked` once the batch was sent, whatever came of it; `always` without any claim.
   */
  readonly heartbeat: 'empty' | 'afterBatch' | 'unacked' | 'always';
  /** When the relay reads the time of the heartbeat, seen from the claim. */
  readonly clockRead: 'before' | 'after';
  /** Whether a claim that its limit has cut short allows no heartbeat. */
  readonly whole: boolean;
  /** Rows are marked as sent once the log has acknowledged them, or before they are sent. */
  readonly mark: 'acked' | 'sent';
  /** Rows are claimed by their status, or above the highest id seen: that passes over a row which commits later. */
  readonly claim: 'status' | 'max';
  /** A heartbeat counts when it leaves the queue, all before it applied, or as soon as it arrives. */
  readonly effect: 'leaves' | 'arrives';
  /** A heartbeat at the head of a queue is due at once, or after the propagation delay, like an event. */
  readonly due: 'atOnce' | 'delayed';
  /** The lease begins at the lowest heartbeat of all partitions, at that of partition 1 alone, or at the highest. */
  readonly over: 'lowest' | 'one' | 'highest';
  /** When the heartbeat is read that labels an answer, seen from the lookup of the entry. */
  readonly beatRead: 'atomic' | 'before' | 'after';
  /** What a fill calls the time of its fetch. */
  readonly fetchedAt: 'asked' | 'answered';
  /** Answers of the origin are labelled by the rule, like cached ones, or are always called fresh. */
  readonly labelOrigin: 'rule' | 'fresh';
  /** A heartbeat counts once a check that began after it has found the same log, or is trusted. */
  readonly log: 'confirmed' | 'trusted';
  /** A cache that went back: the hard epoch of all is raised; that is noticed and nothing raised; or not noticed. */
  readonly newLife: 'hard' | 'kept' | 'unnoticed';
  /** Heartbeats are stored with the positions, so that they go back with them, or kept in memory across a new life. */
  readonly beats: 'stored' | 'memory';
  /** A heartbeat from more than the skew ahead. */
  readonly future: 'refused' | 'taken';
  /** Whether a heartbeat counts as no later than its arrival. */
  readonly clamp: boolean;
  /** Whether an older heartbeat never replaces a later one. */
  readonly max: boolean;
  /** Whether there is a lease at all. */
  readonly lease: boolean;
  /** Whether the lease is a flag that a timer clears: an edge that was paused reads before its timer fires. */
  readonly byTimer: boolean;
}

export const RULES: Rules = {
  heartbeat: 'afterBatch',
  clockRead: 'before',
  whole: true,
  mark: 'acked',
  claim: 'status',
  effect: 'leaves',
  due: 'atOnce',
  over: 'lowest',
  beatRead: 'atomic',
  fetchedAt: 'asked',
  labelOrigin: 'rule',
  log: 'confirmed',
  newLife: 'hard',
  beats: 'stored',
  future: 'refused',
  clamp: true,
  max: true,
  lease: true,
  byTimer: false,
};
