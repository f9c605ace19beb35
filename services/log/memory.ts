/**
 * The invalidation log in memory: an array per partition, kept up to a count, delivered to each subscriber by a pump of
 * its own. Every subscriber is assigned all partitions; a group only names the committed offsets. As over Kafka, one
 * that cannot answer its assignment, or throws at records, is asked again; and one that is so far behind that what it
 * was to read next has been dropped.
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
import { Pump } from './memory-pump.ts';

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
      const index = message.partition ?? partitionOf(message.key, this.#partitions.length);
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
      // Every subscription is assigned anew in the turn in which the log is.
      isSameLog: async () => !this.#closed && pump.isAssigned,
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

  /**
   * As a topic that was made anew and has been filled meanwhile: as many records at the same offsets, all of them
   * others. Answers how many.
   */
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
