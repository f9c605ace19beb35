/** How large a search is, and how often each thing may happen. */
import type { Purge } from './events.ts';
import type { Rules } from './rules.ts';

/** What may happen only so often. */
export type Spending =
  | 'creations'
  | 'writes'
  | 'deletions'
  | 'otherWrites'
  | 'purges'
  | 'repeats'
  | 'pipelineFailures'
  | 'delayDrops'
  | 'reads'
  | 'fetchFailures'
  | 'readsThrough'
  | 'evictions'
  | 'agings'
  | 'strategySwitches'
  | 'commits'
  | 'restarts'
  | 'snapshots'
  | 'restores'
  | 'emptied'
  | 'flushes'
  | 'newLogs'
  | 'markEvictions'
  | 'ticks';

export type Budget = Readonly<Partial<Record<Spending, number>>>;

export interface Sizes {
  /** What there is at first: nothing, version 1 at the origin, or version 1 in the cache as well. */
  readonly first: 'nothing' | 'content' | 'cached';
  /** Whether the region is lazy: events without a mode are soft. */
  readonly isLazy: boolean;
  /** Whether events wait in their queue at first. */
  readonly isDelayed: boolean;
  readonly fetchesAtOnceMax: number;
  /** What a purge may be of. */
  readonly purges: readonly Purge[];
  /** Life of an entry, in ticks. */
  readonly entryTicks: number;
  /** Deadline of a fetch, in ticks. */
  readonly fetchTicks: number;
  /** Life of a mark, in ticks. */
  readonly markTicks: number;
  /** Whether an edge may be paused, so that a fetch is late for its deadline. */
  readonly mayPause: boolean;
  readonly budget: Budget;
}

/** What a search is of. */
export interface Setting {
  readonly rules: Rules;
  readonly sizes: Sizes;
}

/** A size left out has the value that most suites have. */
export function withDefaults(sizes: Partial<Sizes>): Sizes {
  const { entryTicks = 2, fetchTicks = 1 } = sizes;
  return {
    first: 'content',
    isLazy: false,
    isDelayed: false,
    fetchesAtOnceMax: 1,
    purges: [],
    entryTicks,
    fetchTicks,
    markTicks: entryTicks + fetchTicks,
    mayPause: false,
    budget: {},
    ...sizes,
  };
}
