/**
 * The port to the invalidation log: Kafka's topic, or an array in memory. At least once, in order within a partition.
 *
 * A subscriber owns its position: on every assignment (start and each rejoin) it is asked where to read each partition
 * from, and it may seek at any time. What it commits is for display only; the truth is the offset stored in the cache.
 */

export interface LogMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it is appended. Left out: where its key belongs. */
  readonly partition?: number;
}

export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  /** Wall time in ms at which the log took the record. */
  readonly time: number;
  readonly key: string;
  readonly value: string;
}

/** What a partition holds: offsets from `start` up to but not including `end`. */
export interface PartitionBounds {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
}

export interface LogSubscriber {
  /** Names the region; committed offsets are kept under it. */
  readonly group: string;
  /**
   * Partitions were assigned. Answers the offset to read each from, within its bounds; no record comes before. Assigned
   * anew whenever the log has dropped what was to be read next: a position below the start is never moved up in
   * silence.
   */
  onAssigned(bounds: readonly PartitionBounds[]): Promise<ReadonlyMap<number, number>>;
  /** Aborted when the subscriber ends, be it before it was subscribed: it is asked for nothing more. */
  readonly closing?: AbortSignal;
  /** The log was made anew under what was read: records of both may have been delivered. An assignment follows. */
  onOtherLog?(): void;
  /** The next records of one partition, in order. Must return soon: it appends to a queue. */
  onRecords(partition: number, records: readonly LogRecord[]): void;
}

export interface LogSubscription {
  /** From here on, this partition delivers from `offset`; nothing read before the call is delivered after it. */
  seek(partition: number, offset: number): void;
  pause(partition: number): void;
  resume(partition: number): void;
  /** Per partition the next offset to read, as Kafka counts. For display. */
  commit(nextOffsets: ReadonlyMap<number, number>): Promise<void>;
  /**
   * Whether a check that begins now, or later, finds that the log is the one whose records were delivered. `false` also
   * where that cannot be told: the log does not answer, nothing was delivered yet, or an assignment came in between.
   * Never rejects.
   */
  isSameLog(): Promise<boolean>;
  close(): Promise<void>;
}

export interface InvalidationLog {
  /** Resolves when every message is durable. Rejects with LogUnavailable; some may then be in the log all the same. */
  append(messages: readonly LogMessage[]): Promise<void>;
  /** Resolves when the first assignment has been answered. */
  subscribe(subscriber: LogSubscriber): Promise<LogSubscription>;
  bounds(): Promise<readonly PartitionBounds[]>;
  connected(): boolean;
  close(): Promise<void>;
}

export class LogUnavailable extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LogUnavailable';
  }
}
