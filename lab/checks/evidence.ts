/**
 * What a check by time has looked at, and whether any of it could have shown what the check looks for. A read that is
 * within its bound whatever it was answered shows nothing: where a fault excuses the whole load, a pass would be no
 * pass.
 */
import type { Staleness } from './staleness.ts';
import type { AnsweredRead } from './versions.ts';

export class Evidence {
  readonly #staleness: Staleness;
  #judged = 0;
  #isTelling = false;

  constructor(staleness: Staleness) {
    this.#staleness = staleness;
  }

  /** A read that could have been answered what had to be gone since `sinceMs`, with its delay. */
  add(read: AnsweredRead, sinceMs: number): void {
    this.#judged += 1;
    if (!this.#isTelling && sinceMs < read.startMs)
      this.#isTelling = this.#staleness.excessMs(this.#staleness.judgeKept(read, sinceMs)) > 0;
  }

  /** A read that needs no time to be wrong. */
  addAtOnce(): void {
    this.#judged += 1;
    this.#isTelling = true;
  }

  get judged(): number {
    return this.#judged;
  }

  /** Why there can be no verdict whatever was found; `named` says what the reads did that were looked at. */
  whyNone(named: string): string | undefined {
    const why = this.#staleness.whyNone(this.#judged, named);
    if (why !== undefined || this.#isTelling) return why;
    return `nothing to judge: faults and delays excuse any answer of the ${this.#judged} reads that ${named}`;
  }
}
