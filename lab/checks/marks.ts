/** When writes and purges may have been applied in a region. */
import type { Change } from '../history/records.ts';
import { type Interval, overlaps } from './interval.ts';

export class Marks {
  readonly #byKey = new Map<string, Interval[]>();
  readonly #ofAll: Interval[] = [];

  constructor(changes: readonly Change[], lateMs: number) {
    for (const change of changes) {
      if (change.outcome === 'fail') continue;
      const toMs = change.outcome === 'ok' && change.endMs !== undefined ? change.endMs + lateMs : Number.POSITIVE_INFINITY;
      this.#add(change, { fromMs: change.startMs, toMs });
    }
  }

  ofKey(key: string, span: Interval): number {
    return this.#byKey.get(key)?.filter((mark) => overlaps(mark, span)).length ?? 0;
  }

  ofAll(span: Interval): number {
    return this.#ofAll.filter((mark) => overlaps(mark, span)).length;
  }

  #add(change: Change, mark: Interval): void {
    const key = change.kind !== 'purge' ? change.key : change.type === 'key' ? change.target : undefined;
    if (key === undefined) {
      this.#ofAll.push(mark);
      return;
    }
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [mark]);
    else known.push(mark);
  }
}
