/**
 * When what a fetch brought may have been refused. A hard purge that comes while a fetch is under way refuses what that brings, if it covers
 * it: also a purge of a tag that the content has only since the fetch, and also one that was applied before and is delivered once more. So the
 * old entry stays, labelled stale, until somebody asks again.
 */
import type { History } from '../history/history.ts';
import { isCovered } from './pattern.ts';

export class Refusable {
  readonly #purges: readonly { readonly startMs: number; covers(key: string): boolean }[];
  /** By key: when the first of them was sent. */
  readonly #firstMs = new Map<string, number>();

  constructor(history: History) {
    this.#purges = history.changes.flatMap((change) => {
      if (change.kind !== 'purge' || change.mode !== 'hard' || change.outcome === 'fail') return [];
      const { startMs, type, target } = change;
      const covers = (key: string) => (type === 'key' ? target === key : type !== 'pattern' || isCovered(key, target));
      return [{ startMs, covers }];
    });
  }

  /** Of a fetch of the key that ends by then. */
  may(key: string, endMs: number): boolean {
    return this.#firstOf(key) < endMs;
  }

  #firstOf(key: string): number {
    const known = this.#firstMs.get(key);
    if (known !== undefined) return known;
    const firstMs = Math.min(...this.#purges.filter((purge) => purge.covers(key)).map(({ startMs }) => startMs));
    this.#firstMs.set(key, firstMs);
    return firstMs;
  }
}
