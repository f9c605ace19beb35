/** A share of the time, from moment to moment, and how much that comes to over an interval. */
import { firstIndex } from '../history/ordered.ts';
import type { Interval } from './interval.ts';

export interface Piece extends Interval {
  /** 0 to 1. */
  readonly share: number;
}

export class Profile {
  /** Ascending: where the share changes. */
  readonly #atMs: readonly number[];
  /** From there to the next. */
  readonly #share: readonly number[];
  /** How much it comes to before it. */
  readonly #before: readonly number[];

  private constructor(atMs: readonly number[], share: readonly number[]) {
    this.#atMs = atMs;
    this.#share = share;
    const before: number[] = [];
    let sum = 0;
    for (const [at, ms] of atMs.entries()) {
      before.push(sum);
      sum += (share[at] ?? 0) * ((atMs[at + 1] ?? ms) - ms);
    }
    this.#before = before;
  }

  /** Within one source what overlaps adds up; of several the highest counts; never more than all of the time. */
  static ofHighest(sources: readonly (readonly Piece[])[]): Profile {
    const changes = sources
      .flatMap((pieces, source) =>
        pieces.flatMap(({ fromMs, toMs, share }) => [
          { atMs: fromMs, source, by: share },
          { atMs: toMs, source, by: -share },
        ]),
      )
      .sort((one, other) => one.atMs - other.atMs);
    const now = sources.map(() => 0);
    const [atMs, share]: [number[], number[]] = [[], []];
    for (const [at, change] of changes.entries()) {
      now[change.source] = (now[change.source] ?? 0) + change.by;
      if (changes[at + 1]?.atMs === change.atMs) continue;
      atMs.push(change.atMs);
      share.push(Math.min(1, Math.max(0, ...now)));
    }
    return new Profile(atMs, share);
  }

  over({ fromMs, toMs }: Interval): number {
    return Math.max(0, this.#until(toMs) - this.#until(fromMs));
  }

  #until(ms: number): number {
    const at = firstIndex(this.#atMs.length, (place) => (this.#atMs[place] ?? 0) > ms) - 1;
    return at < 0 ? 0 : (this.#before[at] ?? 0) + (this.#share[at] ?? 0) * (ms - (this.#atMs[at] ?? 0));
  }
}
