/**
 * The marks of a region's cache: what has been invalidated, in logical time.
 *
 * Every applied event advances the clock by one and leaves a mark: a version raises the hard or soft minimum of its
 * key, a purge sets the hard or soft epoch of its key, tag, pattern or all. Hard and soft are kept apart, so neither
 * order nor repeats matter. An entry carries the clock read before its fetch began; it is
 *
 *   invalid  below its key's hard minimum version, or its clock below a hard epoch that covers it, or below the floor;
 *   stale    the same against the soft ones.
 *
 * Marks outlive entries: they have no expiry of their own. `prune` drops those older than any entry or fetch can be and
 * raises the floor to the highest clock dropped, so a mistake in that arithmetic costs a miss, never an old version. At
 * most PATTERNS_MAX patterns live; the oldest folds into the epoch of all. Of keys and of tags at most `marksMax` marks
 * live each. Marks of one kind lie in a Map ordered by their last change, which makes both bounds O(1) per event.
 */
import { matchesGlob } from '../../protocol/glob.ts';
import type { InvalidationMode } from '../../protocol/invalidation.ts';
import { MARKS_MAX, type Mark } from './cache.ts';

const PATTERNS_MAX = 256;

interface Epochs {
  hard: number;
  soft: number;
  /** The clock at the last change: the highest this mark holds. */
  clock: number;
  /** Wall time of the last change, for pruning only. */
  changedAt: number;
}

interface KeyMarks extends Epochs {
  hardMinimum: number;
  softMinimum: number;
}

const NO_EPOCHS: Epochs = { hard: 0, soft: 0, clock: 0, changedAt: 0 };

/** What an entry is judged by. */
export interface Judged {
  readonly version: number;
  readonly clock: number;
  readonly tags: readonly string[];
}

export type Validity = 'valid' | 'soft' | 'hard';

export class Marks {
  readonly #marksMax: number;
  #clock = 0;
  #floor = 0;
  readonly #keys = new Map<string, KeyMarks>();
  readonly #tags = new Map<string, Epochs>();
  readonly #patterns = new Map<string, Epochs>();
  readonly #all = { hard: 0, soft: 0 };
  /** Highest clock of any tag mark, ever: the tags of an answer are not known before it arrives. */
  #anyTag = 0;
  #anyPattern = 0;

  constructor(marksMax = MARKS_MAX) {
    this.#marksMax = marksMax;
  }

  get clock(): number {
    return this.#clock;
  }

  get floor(): number {
    return this.#floor;
  }

  /** What is added from now on to the one is not added to the other. */
  copy(): Marks {
    const copy = new Marks(this.#marksMax);
    copy.#clock = this.#clock;
    copy.#floor = this.#floor;
    copy.#anyTag = this.#anyTag;
    copy.#anyPattern = this.#anyPattern;
    Object.assign(copy.#all, this.#all);
    for (const [key, marks] of this.#keys) copy.#keys.set(key, { ...marks });
    for (const [tag, epochs] of this.#tags) copy.#tags.set(tag, { ...epochs });
    for (const [pattern, epochs] of this.#patterns) copy.#patterns.set(pattern, { ...epochs });
    return copy;
  }

  add(mark: Mark, now: number): void {
    this.#clock += 1;
    if (mark.type === 'all') this.#all[mark.mode] = this.#clock;
    else if (mark.type === 'tag') {
      this.#raise(this.#tags, mark.target, mark.mode, now);
      this.#anyTag = this.#clock;
    } else if (mark.type === 'pattern') {
      this.#raise(this.#patterns, mark.target, mark.mode, now);
      this.#anyPattern = this.#clock;
      this.#foldPatterns();
    } else this.#markKey(mark, now);
  }

  /** The hard epoch of all: nothing stored or being fetched up to now is served again. */
  raiseAll(): void {
    this.#clock += 1;
    this.#all.hard = this.#clock;
  }

  judge(key: string, { version, clock, tags }: Judged): Validity {
    const marks = this.#keys.get(key);
    if (clock < this.#floor || version < (marks?.hardMinimum ?? 0)) return 'hard';
    const covering = this.#covering(key, clock, tags);
    if (clock < covering.hard) return 'hard';
    return clock < covering.soft || version < (marks?.softMinimum ?? 0) ? 'soft' : 'valid';
  }

  hardMinimum(key: string): number {
    return this.#keys.get(key)?.hardMinimum ?? 0;
  }

  /** A hard epoch above, not at, the clock that covers the key or one of the tags. */
  hasHardEpochAbove(key: string, clock: number, tags: readonly string[]): boolean {
    return this.#covering(key, clock, tags).hard > clock;
  }

  /** The highest clock of any mark that could touch the key, whatever tags it turns out to have. */
  fence(key: string): number {
    const own = this.#keys.get(key)?.clock ?? 0;
    return Math.max(this.#floor, this.#all.hard, this.#all.soft, this.#anyTag, this.#anyPattern, own);
  }

  /** Drops marks last changed before `changedBefore`, and the oldest above the bound; raises the floor past them. */
  prune(changedBefore: number): void {
    for (const marks of [this.#keys, this.#tags, this.#patterns]) {
      for (const [target, mark] of marks) {
        if (mark.changedAt >= changedBefore && marks.size <= this.#marksMax) break;
        marks.delete(target);
        this.#floor = Math.max(this.#floor, mark.clock);
      }
    }
  }

  #markKey({ target, mode, version }: Mark, now: number): void {
    const marks = this.#keys.get(target) ?? { ...NO_EPOCHS, hardMinimum: 0, softMinimum: 0 };
    if (version === undefined) marks[mode] = this.#clock;
    else {
      const minimum = mode === 'hard' ? 'hardMinimum' : 'softMinimum';
      marks[minimum] = Math.max(marks[minimum], version);
    }
    this.#touch(this.#keys, target, marks, now);
  }

  #raise(epochs: Map<string, Epochs>, target: string, mode: InvalidationMode, now: number): void {
    const epoch = epochs.get(target) ?? { ...NO_EPOCHS };
    epoch[mode] = this.#clock;
    this.#touch(epochs, target, epoch, now);
  }

  /** Maps keep insertion order: putting a changed mark last keeps the oldest first. */
  #touch<M extends Epochs>(marks: Map<string, M>, target: string, mark: M, now: number): void {
    mark.clock = this.#clock;
    mark.changedAt = now;
    marks.delete(target);
    marks.set(target, mark);
  }

  #foldPatterns(): void {
    if (this.#patterns.size <= PATTERNS_MAX) return;
    const oldest = this.#patterns.entries().next().value;
    if (oldest === undefined) return;
    const [pattern, epochs] = oldest;
    this.#patterns.delete(pattern);
    this.#all.hard = Math.max(this.#all.hard, epochs.hard);
    this.#all.soft = Math.max(this.#all.soft, epochs.soft);
  }

  /**
   * The highest hard and soft epoch that cover the key; patterns are only matched when one could be above the clock.
   */
  #covering(key: string, clock: number, tags: readonly string[]): { hard: number; soft: number } {
    const own = this.#keys.get(key);
    let hard = Math.max(this.#all.hard, own?.hard ?? 0);
    let soft = Math.max(this.#all.soft, own?.soft ?? 0);
    for (const tag of tags) {
      const epochs = this.#tags.get(tag);
      hard = Math.max(hard, epochs?.hard ?? 0);
      soft = Math.max(soft, epochs?.soft ?? 0);
    }
    if (clock >= this.#anyPattern) return { hard, soft };
    for (const [pattern, epochs] of this.#patterns) {
      if ((epochs.hard <= hard && epochs.soft <= soft) || !matchesGlob(pattern, key)) continue;
      hard = Math.max(hard, epochs.hard);
      soft = Math.max(soft, epochs.soft);
    }
    return { hard, soft };
  }
}
