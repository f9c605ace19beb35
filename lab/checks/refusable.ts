/**
 * When what a fetch brought may have been refused, though the entry that it was to replace stays. A hard purge that
 * comes while a fetch is under way refuses what that brings, if it covers it, and the old entry goes with it. But for
 * one of a tag that the content has only since the old entry: be it a purge that was applied before, and is delivered
 * once more. Then the old entry stays, labelled stale, until somebody asks again.
 */
import type { History } from '../history/history.ts';
import type { AnsweredRead } from './versions.ts';

interface Retagged {
  readonly startMs: number;
  readonly tag: string;
  /** undefined: not answered. */
  readonly version: number | undefined;
}

export class Refusable {
  /** By key: the writes that gave it another tag. */
  readonly #retagged = new Map<string, Retagged[]>();
  /** By tag: when the first hard purge of it was sent. */
  readonly #purgedMs = new Map<string, number>();

  constructor(history: History) {
    for (const change of history.changes) {
      if (change.outcome === 'fail') continue;
      const { startMs } = change;
      if (change.kind !== 'purge') {
        const { key = '', tag, version } = change;
        if (tag !== undefined) this.#retagged.set(key, [...(this.#retagged.get(key) ?? []), { startMs, tag, version }]);
      } else if (change.type === 'tag' && change.mode === 'hard')
        this.#purgedMs.set(change.target, Math.min(startMs, this.#purgedMs.get(change.target) ?? startMs));
    }
  }

  /** Of a fetch for what a read found stale, which ends by then. */
  may({ key, version: held }: AnsweredRead, endMs: number): boolean {
    return (this.#retagged.get(key) ?? []).some(
      ({ startMs, tag, version = Number.POSITIVE_INFINITY }) =>
        startMs < endMs && version > held && (this.#purgedMs.get(tag) ?? Number.POSITIVE_INFINITY) < endMs,
    );
  }
}
