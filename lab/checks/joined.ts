/**
 * Who was answered by a fetch that was under way: nobody had the answer of that fetch when the read began. A cache that
 * promises no more may answer so what was purged meanwhile. An answer that somebody had before the read began was kept;
 * so was one whose origin was asked longer ago than a fetch may last, for a cache may bring things for nobody, and show
 * each once. An entry is known by the time at which its origin was asked.
 */
import type { History } from '../history/history.ts';
import { entryOf } from './answers.ts';
import { type AnsweredRead, isAnswered } from './versions.ts';

/** What two readings of one machine's clock may differ by. */
const CLOCKS_MS = 50;

export class Joined {
  readonly #history: History;
  /**
   * By entry of a region where readers may join: when somebody had it first. Made when it is asked for: it goes through
   * the reads.
   */
  #hadMs: ReadonlyMap<string, number> | undefined;

  constructor(history: History) {
    this.#history = history;
  }

  /** Whether the read may have been answered by a fetch of before it, and by nothing that was kept. */
  has(read: AnsweredRead): boolean {
    const { joins, fetchDeadlineMs } = this.#history.boundsOf(read.region);
    if (read.cachedMs === undefined || joins !== true) return false;
    // No fetch is under way for longer: what was asked for before was brought, be it shown to nobody.
    if (read.startMs - read.cachedMs > fetchDeadlineMs + CLOCKS_MS) return false;
    this.#hadMs ??= this.#firstEnds();
    const hadMs = this.#hadMs.get(entryOf(read));
    return hadMs === undefined || hadMs >= read.startMs;
  }

  #mayJoin(region: string): boolean {
    return this.#history.boundsOf(region).joins === true;
  }

  #firstEnds(): ReadonlyMap<string, number> {
    const hadMs = new Map<string, number>();
    for (const read of this.#history.reads) {
      if (!isAnswered(read) || !this.#mayJoin(read.region)) continue;
      const entry = entryOf(read);
      hadMs.set(entry, Math.min(read.endMs, hadMs.get(entry) ?? read.endMs));
    }
    return hadMs;
  }
}
