/** From the start of an edge, and each rejoin, until what was in the log then is applied. */
import type { PartitionBounds } from '../log/log.ts';
import type { PartitionQueue } from './partition-queue.ts';

const BEFORE_FIRST = -1;
const NOTHING: ReadonlyMap<number, number> = new Map();

export class CatchUp {
  /** Per partition the last offset to be applied; undefined: not known yet. */
  #upTo: ReadonlyMap<number, number> | undefined;
  #begun = 0;

  /** How often it has begun. */
  get begun(): number {
    return this.#begun;
  }

  begin(): void {
    this.#begun += 1;
    this.#upTo = undefined;
  }

  /**
   * A partition with nothing left in it has nothing to catch up with. Without effect where nothing has to be caught up
   * with any more.
   */
  aim(bounds: readonly PartitionBounds[]): void {
    this.#upTo ??= new Map(bounds.filter(({ start, end }) => end > start).map(({ partition, end }) => [partition, end - 1]));
  }

  /** Everything cached was made invalid. */
  end(): void {
    this.#upTo = NOTHING;
  }

  isUnderWay(queues: ReadonlyMap<number, PartitionQueue>, applied: ReadonlyMap<number, number>): boolean {
    if (this.#upTo === undefined) return true;
    for (const [partition, last] of this.#upTo) {
      const queue = queues.get(partition);
      if (queue === undefined || !queue.recognised) return true;
      if ((applied.get(partition) ?? BEFORE_FIRST) < last) return true;
    }
    this.#upTo = NOTHING;
    return false;
  }
}
