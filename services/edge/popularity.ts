/**
 * Which contents are read most: counts that halve every minute, kept by the edge, so that they outlive its cache. At
 * most a few times as many as are asked for are counted; above that those read least are forgotten.
 *
 * An old count is not made smaller: a new read counts for more, by as much as has gone by. So the order of two counts
 * stays right without a touch.
 */
import type { Clock } from '../runtime/clock.ts';

const HALF_LIFE_MS = 60_000;
/** Of those asked for: so many are counted at most, and so many are left when those read least are forgotten. */
const COUNTED_MAX = 4;
const COUNTED_LEFT = 2;
/** Then all counts are made smaller at once. */
const WEIGHT_MAX = 2 ** 30;
/** For so long the least count of the most-read is taken for what it was. */
const LEAST_MS = 1_000;

export class Popularity {
  readonly #clock: Clock;
  readonly #keys: number;
  readonly #counts = new Map<number, number>();
  #sinceMs: number;
  #least: { readonly count: number; readonly atMs: number } | undefined;

  /** `keys`: how many of the most-read are asked for. */
  constructor({ clock, keys }: { readonly clock: Clock; readonly keys: number }) {
    this.#clock = clock;
    this.#keys = keys;
    this.#sinceMs = clock.monotonicMs();
  }

  count(id: number): void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + this.#weight());
    if (this.#counts.size > this.#keys * COUNTED_MAX) this.#keep(this.#keys * COUNTED_LEFT);
  }

  /** It is not there any more. */
  forget(id: number): void {
    this.#counts.delete(id);
  }

  /** How many are counted. */
  get size(): number {
    return this.#counts.size;
  }

  /** At most as many as are asked for, the most-read first. */
  top(): readonly number[] {
    return this.#ranked(this.#keys).map(([id]) => id);
  }

  /** Whether it is one of the most-read, as they were up to a second ago. */
  isTop(id: number): boolean {
    const count = this.#counts.get(id);
    return count !== undefined && count >= this.#leastCount();
  }

  #leastCount(): number {
    const nowMs = this.#clock.monotonicMs();
    if (this.#least === undefined || nowMs - this.#least.atMs > LEAST_MS) {
      this.#least = { count: this.#ranked(this.#keys).at(-1)?.[1] ?? 0, atMs: nowMs };
    }
    return this.#least.count;
  }

  #ranked(most: number): readonly (readonly [id: number, count: number])[] {
    return [...this.#counts].sort(([id, count], [otherId, other]) => other - count || id - otherId).slice(0, most);
  }

  #keep(most: number): void {
    const kept = this.#ranked(most);
    this.#counts.clear();
    for (const [id, count] of kept) this.#counts.set(id, count);
  }

  #weight(): number {
    const weight = 2 ** ((this.#clock.monotonicMs() - this.#sinceMs) / HALF_LIFE_MS);
    if (weight <= WEIGHT_MAX) return weight;
    for (const [id, count] of this.#counts) this.#counts.set(id, count / weight);
    this.#least = undefined;
    this.#sinceMs = this.#clock.monotonicMs();
    return 1;
  }
}
