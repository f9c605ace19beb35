/**
 * The invalidation log in memory: an array per partition, kept up to a count, delivered to each subscriber by a pump of
 * its own. Every subscriber is assigned all partitions; a group only names the committed offsets.
 */
import type { Clock } from '../runtime/clock.ts';
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

export interface MemoryLogOptions {
  readonly clock: Clock;
  readonly partitions: number;
}

interface Partition {
  start: number;
  readonly records: LogRecord[];
}

interface Cursor {
  next: number;
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
      if (partition.records.length > RECORDS_PER_PARTITION_MAX) {
        partition.start += partition.records.splice(0, RECORDS_PER_PARTITION_MAX / 2).length;
      }
    }
    for (const pump of this.#pumps) pump.wake();
  }

  async subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    if (this.#closed) throw new LogUnavailable('the log is closed');
    const positions = await subscriber.onAssigned(this.#boundsNow());
    const cursors = this.#partitions.map((partition, index) => ({ next: positions.get(index) ?? partition.start, paused: false }));
    const pump = new Pump(cursors, (index, from) => this.#read(index, from), subscriber);
    this.#pumps.add(pump);
    pump.wake();
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

  /** Reading below the start goes on at the start: those records are gone. */
  #read(index: number, from: number): readonly LogRecord[] {
    const { start, records } = this.#partition(index);
    const begin = Math.max(0, from - start);
    return records.slice(begin, begin + BATCH_MAX);
  }
}

/** Delivers to one subscriber, never within the caller's turn, one batch a turn so that partitions take their share. */
class Pump {
  readonly #cursors: readonly Cursor[];
  readonly #read: (partition: number, from: number) => readonly LogRecord[];
  readonly #subscriber: LogSubscriber;
  #scheduled = false;
  #stopped = false;

  constructor(cursors: readonly Cursor[], read: (partition: number, from: number) => readonly LogRecord[], subscriber: LogSubscriber) {
    this.#cursors = cursors;
    this.#read = read;
    this.#subscriber = subscriber;
  }

  wake(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#stopped) this.#deliver();
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  seek(partition: number, offset: number): void {
    this.#cursor(partition).next = offset;
    this.wake();
  }

  setPaused(partition: number, paused: boolean): void {
    this.#cursor(partition).paused = paused;
    this.wake();
  }

  #cursor(partition: number): Cursor {
    const cursor = this.#cursors[partition];
    if (cursor === undefined) throw new RangeError(`expected a partition below ${this.#cursors.length}, got ${partition}`);
    return cursor;
  }

  #deliver(): void {
    let delivered = 0;
    for (const [partition, cursor] of this.#cursors.entries()) {
      if (cursor.paused || this.#stopped) continue;
      const records = this.#read(partition, cursor.next);
      const last = records.at(-1);
      if (last === undefined) continue;
      cursor.next = last.offset + 1;
      delivered += records.length;
      this.#subscriber.onRecords(partition, records);
    }
    if (delivered > 0) this.wake();
  }
}
