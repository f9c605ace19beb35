/** How large a search is: times in ticks, and how often each thing may happen. */
import type { Rules } from './rules.ts';

/** What may happen only so often. */
export type Spending =
  | 'writes'
  | 'purges'
  | 'otherWrites'
  | 'earlyTransactions'
  | 'heartbeats'
  | 'lostSends'
  | 'halfHeartbeats'
  | 'relayCrashes'
  | 'clockJumps'
  | 'delayRaises'
  | 'delayDrops'
  | 'restarts'
  | 'newLogs'
  | 'snapshots'
  | 'restores'
  | 'fetches'
  | 'slowReads';

export type Budget = Readonly<Partial<Record<Spending, number>>>;

export interface Sizes {
  /** How long the heartbeat of an edge makes its answers fresh. */
  readonly lease: number;
  /** By how much clocks may differ. */
  readonly skew: number;
  /** Propagation delay. */
  readonly delay: number;
  /** The last tick. */
  readonly end: number;
  /** Deadline of a fetch. */
  readonly fetchTicksMax: number;
  readonly fetchesAtOnceMax: number;
  readonly relays: number;
  /** How far the clock of each relay is ahead of the edge's. */
  readonly clocksAhead: readonly number[];
  /** Rows of a claim. */
  readonly claimMax: number;
  /** Whether the region is lazy: its invalidations are soft. */
  readonly isLazy: boolean;
  /** Whether an edge may be paused, so that a fetch is late for its deadline. */
  readonly mayPause: boolean;
  readonly budget: Budget;
}

/** What a search is of. */
export interface Setting {
  readonly rules: Rules;
  readonly sizes: Sizes;
}

const SKEW = 1;

/** A size left out has the value that most suites have. */
export function withDefaults(sizes: Partial<Sizes>): Sizes {
  return {
    lease: 2,
    skew: SKEW,
    delay: 1,
    end: 6,
    fetchTicksMax: 1,
    fetchesAtOnceMax: 1,
    relays: 1,
    clocksAhead: [sizes.skew ?? SKEW, 0],
    claimMax: 9,
    isLazy: false,
    mayPause: false,
    budget: {},
    ...sizes,
  };
}
