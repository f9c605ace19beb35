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

/** Whoever has to wait before it is sent is called when it was. */
export interface Sending {
  readonly onSent: () => void;
}

export interface RacedCache {
  readonly ways: readonly Way[];
  /** What its backend must be, in words. */
  readonly backend: string;
  /** How many requests a second it may be asked. Left out: as many as are wanted. */
  readonly perSecondMax?: number;
  /** Whether such a purge may meet nothing but what it names. Left out: nobody minds. */
  readonly isNarrow?: (way: Way) => boolean;
  /** Throws NoAnswer, and RailsStopped. */
  read(id: number, sending: Sending): Promise<TargetRead>;
  /** Ends when the cache says that it is done. Throws NoAnswer, and RailsStopped. */
  purge(way: Way, content: RacedContent, sending: Sending): Promise<PurgeAnswer>;
  /**
   * Another instance of it, whose upstream is this one: the same each time, and closed with this one. Left out: it
   * cannot be run twice. Throws WorldFailed where that does not start.
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
