/**
 * The heartbeats of a region's cache, by partition of the log: those that were applied, and those of them that took
 * effect. What took effect says up to when everything that could be seen at the origin is in the marks: the earliest of
 * all partitions counts.
 *
 * They lie beside the positions and the marks, and change with them: a cache that goes back takes them with it.
 */
import type { Beat } from './cache.ts';

export class Beats {
  /** How many partitions the log has, by the heartbeats. */
  #partitions = 0;
  readonly #pending = new Map<number, number>();
  readonly #inEffect = new Map<number, number>();
  #lowest: number | undefined;

  /** Over all partitions; undefined: one of them has none. Asked for with each lookup. */
  get lowest(): number | undefined {
    return this.#lowest;
  }

  copy(): Beats {
    const copy = new Beats();
    copy.#partitions = this.#partitions;
    for (const [partition, time] of this.#pending) copy.#pending.set(partition, time);
    for (const [partition, time] of this.#inEffect) copy.#inEffect.set(partition, time);
    copy.#lowest = this.#lowest;
    return copy;
  }

  add(partition: number, { time, partitions }: Beat): void {
    this.#partitions = Math.max(this.#partitions, partitions);
    this.#pending.set(partition, Math.max(time, this.#pending.get(partition) ?? time));
    this.#lowest = this.#findLowest();
  }

  /** Never more than what is pending here: whoever confirms may speak of what this cache no longer has. */
  confirm(times: ReadonlyMap<number, number>): void {
    for (const [partition, time] of times) {
      const pending = this.#pending.get(partition);
      if (pending === undefined) continue;
      const confirmed = Math.min(pending, time);
      this.#inEffect.set(partition, Math.max(confirmed, this.#inEffect.get(partition) ?? confirmed));
    }
    this.#lowest = this.#findLowest();
  }

  clear(): void {
    this.#partitions = 0;
    this.#pending.clear();
    this.#inEffect.clear();
    this.#lowest = undefined;
  }

  #findLowest(): number | undefined {
    let lowest: number | undefined;
    for (let partition = 0; partition < this.#partitions; partition += 1) {
      const time = this.#inEffect.get(partition);
      if (time === undefined) return undefined;
      lowest = Math.min(time, lowest ?? time);
    }
    return lowest;
  }
}
