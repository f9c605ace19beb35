/** What a race needs of a cache, whosever it is. */

import type { InvalidationMode, InvalidationType } from '../../services/protocol/invalidation.ts';
import type { TargetRead } from '../targets/read-answer.ts';

export interface RacedContent {
  readonly id: number;
  /** The first is the content's own. */
  readonly tags: readonly string[];
}

export interface Way {
  readonly mode: InvalidationMode;
  readonly type: InvalidationType;
}

export interface PurgeAnswer {
  /** Whether it counts as taken. */
  readonly isTaken: boolean;
  /** `PURGE /api/content/7: 200`. */
  readonly text: string;
}

export interface RacedCache {
  readonly ways: readonly Way[];
  /** Throws NoAnswer. */
  read(id: number): Promise<TargetRead>;
  /** Ends when the cache says that it is done. Throws NoAnswer. */
  purge(way: Way, content: RacedContent): Promise<PurgeAnswer>;
  /**
   * Another instance of it, whose upstream is this one: the same each time, and closed with this one. Left out: it cannot be run twice.
   * Throws WorldFailed where that does not start.
   */
  readonly openEdge?: () => Promise<RacedCache>;
  /** Why it serves no more, in words; undefined: it does. */
  ended(): string | undefined;
  close(): Promise<void>;
}

/** `hard key`. */
export function wayText({ mode, type }: Way): string {
  return `${mode} ${type}`;
}
