/**
 * The invalidation log in memory: an array per partition, kept up to a count, delivered to each subscriber by a pump of
 * its own. Every subscriber is assigned all partitions; a group only names the committed offsets. As over Kafka, one that
 * cannot answer its assignment, or throws at records, is asked again; and one that is so far behind that what it was to
 * read next has been dropped.
 */
import { type Clock, sleep } from '../runtime/clock.ts';
import {
  type InvalidationLog,
  type LogMessage,
  type LogRecord,
  type LogSubscriber,
  type LogSubscription,
  LogUnavailable,
  type PartitionBounds,
} from './log.ts';

const RECORDS_PER_PARTITION_MAX = 100_000;
const BATCH_MAX = 500;
const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1_000;

export interface MemoryLogOptions {
  readonly clock: Clock;
  readonly partitions: number;
}

interface Partition {
  start: number;
  readonly records: LogRecord[];
}

interface Cursor {
  /** undefined: asked for, and not answered yet. */
  next: number | undefined;
  paused: boolean;
}

/** FNV-1a: the same key always lands in the same partition. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % partitions;
}

export class MemoryLog implements InvalidationLog {
  readonly #clock: Clock;
  readonly #partitions: Partition[];
  readonly #pumps = new Set<Pump>();
  readonly #committed = new Map<string, ReadonlyMap<number, number>>();
  #closed = false;

  constructor({ clock, partitions }: MemoryLogOptions) {
    this.#clock = clock;
    this.#partitions = Array.from({ length: partitions }, () => ({ start: 0, records: [] }));
  }

  async append(messages: readonly LogMessage[]): Promise<void> {
    if (this.#closed) throw new LogUnavailable('the log is closed');
    const time = this.#clock.now();
    for (const message of messages) {
      const index = partitionOf(message.key, this.#partitions.length);
      const partition = this.#partition(index);
      const offset = partition.start + partition.records.length;
      partition.records.push({ partition: index, offset, time, key: message.key, value: message.value });
      if (partition.records.length > RECORDS_PER_PARTITION_MAX) this.dropBelow(index, partition.start + RECORDS_PER_PARTITION_MAX / 2);
    }
    for (const pump of this.#pumps) pump.wake();
  }

  async subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    if (this.#closed) throw new LogUnavailable('the log is closed');
    const read = (index: number, from: number) => this.#read(index, from);
    const pump = new Pump({ clock: this.#clock, bounds: () => this.#boundsNow(), read, subscriber });
    this.#pumps.add(pump);
    await pump.assign();
    return {
      seek: (partition, offset) => pump.seek(partition, offset),
      pause: (partition) => pump.setPaused(partition, true),
      resume: (partition) => pump.setPaused(partition, false),
      commit: async (nextOffsets) => {
        this.#committed.set(subscriber.group, new Map([...(this.#committed.get(subscriber.group) ?? []), ...nextOffsets]));
      },
      close: async () => {
        this.#pumps.delete(pump);
        pump.stop();
      },
    };
  }

  async bounds(): Promise<readonly PartitionBounds[]> {
    if (this.#closed) throw new LogUnavailable('the log is closed');
    return this.#boundsNow();
  }

  /** As a topic does whose retention has passed. */
  dropBelow(index: number, offset: number): void {
    const partition = this.#partition(index);
    partition.start += partition.records.splice(0, Math.max(0, offset - partition.start)).length;
  }

  /** The same of all partitions; answers how many records that were. */
  dropAll(): number {
    const bounds = this.#boundsNow();
    for (const { partition, end } of bounds) this.dropBelow(partition, end);
    return bounds.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** As a topic that was made anew and has been filled meanwhile: as many records at the same offsets, all of them others. Answers how many. */
  recreate(other: () => LogMessage): number {
    const time = this.#clock.now();
    for (const { records } of this.#partitions)
      for (const [at, { partition, offset }] of records.entries()) {
        const { key, value } = other();
        records[at] = { partition, offset, time, key, value };
      }
    this.#committed.clear();
    for (const pump of this.#pumps) pump.assignAnew();
    return this.#partitions.reduce((sum, { records }) => sum + records.length, 0);
  }

  /** Per partition the next offset the group committed. */
  committed(group: string): ReadonlyMap<number, number> {
    return this.#committed.get(group) ?? new Map();
  }

  connected(): boolean {
    return !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const pump of this.#pumps) pump.stop();
    this.#pumps.clear();
  }

  #boundsNow(): PartitionBounds[] {
    return this.#partitions.map(({ start, records }, partition) => ({ partition, start, end: start + records.length }));
  }

  #partition(index: number): Partition {
    const partition = this.#partitions[index];
    if (partition === undefined) throw new RangeError(`expected a partition below ${this.#partitions.length}, got ${index}`);
    return partition;
  }

  /** undefined: what was to be read has been dropped. */
  #read(index: number, from: number): readonly LogRecord[] | undefined {
    const { start, records } = this.#partition(index);
    return from < start ? undefined : records.slice(from - start, from - start + BATCH_MAX);
  }
}

interface PumpOptions {
  readonly clock: Clock;
  readonly bounds: () => readonly PartitionBounds[];
  readonly read: (partition: number, from: number) => readonly LogRecord[] | undefined;
  readonly subscriber: LogSubscriber;
}

/** Delivers to one subscriber, never within the caller's turn, one batch a turn so that partitions take their share. */
class Pump {
  readonly #options: PumpOptions;
  readonly #cursors: readonly Cursor[];
  readonly #stopping = new AbortController();
  #scheduled = false;
  #assigned = false;

  constructor(options: PumpOptions) {
    this.#options = options;
    const { closing } = options.subscriber;
    if (closing?.aborted) this.stop();
    closing?.addEventListener('abort', () => this.stop(), { once: true });
    this.#cursors = options.bounds().map(() => ({ next: undefined, paused: false }));
  }

  /** Asks the subscriber where to read from until it answers. Throws LogUnavailable when it is stopped before. */
  async assign(): Promise<void> {
    const { clock, bounds, subscriber } = this.#options;
    this.#assigned = false;
    for (let backoffMs = BACKOFF_MS_MIN; !this.#isStopped; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      // What the subscriber seeks to meanwhile overrules its answer.
      for (const cursor of this.#cursors) cursor.next = undefined;
      try {
        const asked = bounds();
        const positions = await subscriber.onAssigned(asked);
        for (const { partition, start } of asked) this.#cursor(partition).next ??= Math.max(start, positions.get(partition) ?? start);
        this.#assigned = true;
        return this.wake();
      } catch (error) {
        if (this.#isStopped) throw error;
        await sleep(clock, backoffMs, this.#stopping.signal);
      }
    }
    throw new LogUnavailable('closed before the assignment was answered');
  }

  wake(): void {
    if (this.#scheduled || this.#isStopped) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#isStopped && this.#assigned) this.#deliver();
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  seek(partition: number, offset: number): void {
    this.#cursor(partition).next = offset;
    this.wake();
  }

  setPaused(partition: number, paused: boolean): void {
    this.#cursor(partition).paused = paused;
    this.wake();
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #cursor(partition: number): Cursor {
    const cursor = this.#cursors[partition];
    if (cursor === undefined) throw new RangeError(`expected a partition below ${this.#cursors.length}, got ${partition}`);
    return cursor;
  }

  /** Stopped before it is answered, nobody waits for an answer. */
  assignAnew(): void {
    this.assign().catch(() => {});
  }

  #deliver(): void {
    const { read, subscriber } = this.#options;
    let delivered = 0;
    for (const [partition, cursor] of this.#cursors.entries()) {
      if (cursor.paused || cursor.next === undefined || this.#isStopped) continue;
      const records = read(partition, cursor.next);
      // Only the subscriber knows what it has missed, and what must be made of that.
      if (records === undefined) return this.assignAnew();
      const last = records.at(-1);
      if (last === undefined) continue;
      cursor.next = last.offset + 1;
      delivered += records.length;
      try {
        subscriber.onRecords(partition, records);
      } catch {
        // It may have lost them, and says itself where to read on.
        return this.assignAnew();
      }
    }
    if (delivered > 0) this.wake();
  }
}
