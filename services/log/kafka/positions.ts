/**
 * Where each assigned partition is read next, and which are paused: ours, since kafkajs forgets both with each
 * consumer.
 */
import type { PartitionBounds } from '../log.ts';

/** The first record handed over of a partition since its position was set: what tells this log from another. */
export interface Anchor {
  readonly partition: number;
  readonly offset: number;
  readonly timeMs: number;
}

/** A position to be compared with bounds asked for afterwards. */
export interface Noted {
  readonly epoch: number;
  readonly next: ReadonlyMap<number, number>;
  readonly anchor: Anchor | undefined;
}

export class Positions {
  readonly #anchors = new Map<number, Anchor>();
  readonly #next = new Map<number, number>();
  readonly #paused = new Set<number>();
  /** Moves when a position is set from outside, not when reading goes on. */
  #epoch = 0;

  get epoch(): number {
    return this.#epoch;
  }

  next(partition: number): number | undefined {
    return this.#next.get(partition);
  }

  noted(): Noted {
    return { epoch: this.#epoch, next: new Map(this.#next), anchor: this.earliest() };
  }

  /** Sets where to read from. */
  set(partition: number, offset: number): void {
    this.#epoch += 1;
    this.#next.set(partition, offset);
    this.#anchors.delete(partition);
  }

  /** Reading has come so far. */
  advance(partition: number, next: number): void {
    this.#next.set(partition, next);
  }

  clear(): void {
    this.#epoch += 1;
    this.#next.clear();
    this.#anchors.clear();
  }

  /** Keeps the first. */
  anchor(record: Anchor): void {
    if (!this.#anchors.has(record.partition)) this.#anchors.set(record.partition, record);
  }

  /** The earliest of all partitions: were the log made anew since, everything in it would be later. */
  earliest(): Anchor | undefined {
    return [...this.#anchors.values()].sort((one, other) => one.timeMs - other.timeMs)[0];
  }

  setPaused(partition: number, paused: boolean): void {
    if (paused) this.#paused.add(partition);
    else this.#paused.delete(partition);
  }

  isPaused(partition: number): boolean {
    return this.#paused.has(partition);
  }

  paused(): number[] {
    return [...this.#paused];
  }

  /** Of each partition that has records to come and is not paused, where it stands. */
  unread(bounds: readonly PartitionBounds[]): ReadonlyMap<number, number> {
    const ends = new Map(bounds.map(({ partition, end }) => [partition, end]));
    return new Map([...this.#next].filter(([partition, next]) => !this.isPaused(partition) && next < (ends.get(partition) ?? next)));
  }
}

/**
 * Whether positions noted before `bounds` were asked for can belong to that log. A position above the end, or below the
 * start, cannot: the log was made anew, or has dropped what was not read yet.
 */
export function areWithin(noted: ReadonlyMap<number, number>, bounds: readonly PartitionBounds[]): boolean {
  return [...noted].every(([partition, next]) => {
    const known = bounds.find((each) => each.partition === partition);
    return known !== undefined && known.start <= next && next <= known.end;
  });
}
