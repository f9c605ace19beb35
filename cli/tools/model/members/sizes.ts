/** How large a search is: times in ticks, and how often each thing may happen. */
import type { Rules } from './rules.ts';

/** What may happen only so often. */
export type Spending =
  | 'writes'
  | 'purges'
  | 'heartbeats'
  | 'newLogs'
  | 'snapshots'
  | 'restores'
  | 'restarts'
  | 'moves'
  | 'flushes'
  | 'fetches'
  | 'reads'
  | 'readsThrough'
  | 'lookups'
  | 'otherLookups'
  | 'questions';

export type Budget = Readonly<Partial<Record<Spending, number>>>;

export interface Sizes {
  readonly members: number;
  readonly lease: number;
  /** How long a hot entry is good. */
  readonly hot: number;
  /** The last tick. */
  readonly end: number;
  /**
   * The tick of the first state, in which version 2 has lain unread in the log since tick 0; null: there is no version
   * 2.
   */
  readonly unreadUntil: number | null;
  /** By how much the clock of the cache is above that of a snapshot which was taken before; 0: there is no snapshot. */
  readonly snapshotBehind: number;
  readonly budget: Budget;
}

/** What a search is of. */
export interface Setting {
  readonly rules: Rules;
  readonly sizes: Sizes;
}

/** A size left out has the value that most suites have. */
export function withDefaults(sizes: Partial<Sizes>): Sizes {
  return { members: 2, lease: 2, hot: 1, end: 4, unreadUntil: null, snapshotBehind: 0, budget: {}, ...sizes };
}
