/**
 * Random walks, in which more happens than an exhaustive search can have: writes, purges, faults and reads are weighed
 * so that they spread over a walk.
 */
import { weighBy } from '../../suite.ts';
import type { Budget } from '../sizes.ts';
import { inBothStrategies, type Mix } from './mix.ts';
import type { Suite } from './suite.ts';

export const WALK_STEPS_MAX = 110;

const BUDGETS: readonly { readonly about: string; readonly budget: Budget }[] = [
  {
    about: 'everything mixed',
    budget: {
      creations: 1,
      writes: 4,
      deletions: 1,
      otherWrites: 2,
      purges: 2,
      repeats: 1,
      restarts: 2,
      commits: 4,
      reads: 14,
      agings: 2,
      fetchFailures: 1,
      strategySwitches: 1,
      pipelineFailures: 1,
      delayDrops: 1,
      snapshots: 1,
      restores: 1,
      emptied: 1,
      flushes: 1,
      readsThrough: 1,
      newLogs: 1,
    },
  },
  {
    about: 'what happens to the log',
    budget: {
      creations: 1,
      writes: 5,
      deletions: 1,
      otherWrites: 3,
      repeats: 2,
      restarts: 3,
      commits: 6,
      reads: 12,
      pipelineFailures: 3,
      delayDrops: 1,
      strategySwitches: 2,
    },
  },
  {
    about: 'what happens to fetches',
    budget: {
      creations: 1,
      writes: 5,
      deletions: 1,
      purges: 3,
      repeats: 1,
      reads: 20,
      agings: 4,
      fetchFailures: 2,
      strategySwitches: 1,
    },
  },
  {
    about: 'what happens to the cache',
    budget: {
      creations: 1,
      writes: 4,
      deletions: 1,
      purges: 2,
      reads: 14,
      snapshots: 1,
      restores: 2,
      emptied: 1,
      flushes: 1,
      readsThrough: 2,
      restarts: 1,
    },
  },
];

const MIXES: readonly Mix[] = BUDGETS.flatMap(({ about, budget }) =>
  (['nothing', 'cached'] as const).map((first) => ({
    about: `${about}, at first ${first === 'nothing' ? 'nothing' : 'an entry'}`,
    sizes: {
      first,
      fetchesAtOnceMax: 4,
      isDelayed: budget.delayDrops !== undefined,
      purges: (['key', 'tagA', 'tagB', 'pattern', 'all'] as const).flatMap((scope) => [`hard ${scope}`, `soft ${scope}`] as const),
      budget,
    },
  })),
);

export const WALKS: readonly Suite[] = inBothStrategies('W', MIXES);

/** There are ten steps of a purge in each state. */
export const weigh = weighBy([
  [/^(POST|PUT commits|DELETE)/, 0.1],
  [/is purged/, 0.015],
  [/another key/, 0.1],
  [/^GET while/, 0.05],
  [/^GET/, 0.35],
  [/snapshot|empty|flush|anew|killed|switched|fails|crashes|lowered|ages|edge commits/, 0.06],
]);
