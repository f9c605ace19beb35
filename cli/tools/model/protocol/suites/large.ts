/** The rules as they should stand, under larger mixes of events: up to millions of states each. No test runs them. */
import { inBothStrategies, type Mix } from './mix.ts';
import type { Suite } from './suite.ts';

const MIXES: readonly Mix[] = [
  { about: 'three updates, three fetches at once', sizes: { fetchesAtOnceMax: 3, budget: { writes: 3, reads: 5, repeats: 1 } } },
  {
    about: 'a creation, an update and a deletion, three fetches at once',
    sizes: { first: 'nothing', fetchesAtOnceMax: 3, budget: { creations: 1, writes: 1, deletions: 1, reads: 5, repeats: 1 } },
  },
  {
    about: 'two purges of eight kinds, three fetches at once',
    sizes: {
      fetchesAtOnceMax: 3,
      purges: ['hard key', 'soft key', 'hard tagA', 'soft tagA', 'hard tagB', 'soft tagB', 'hard pattern', 'soft all'],
      budget: { writes: 1, purges: 2, reads: 4 },
    },
  },
  {
    about: 'a purge, a deletion, the strategy is switched, entries age',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'soft key', 'hard all'],
      budget: { writes: 1, deletions: 1, purges: 1, strategySwitches: 1, agings: 1, reads: 4 },
    },
  },
  {
    about: 'the cache comes back from a snapshot, comes back empty, is flushed',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA'],
      budget: { writes: 1, purges: 1, snapshots: 1, restores: 1, emptied: 1, flushes: 1, reads: 3 },
    },
  },
  {
    about: 'the edge is killed, the delay is lowered, a step of a pipeline fails',
    sizes: {
      first: 'cached',
      isDelayed: true,
      budget: {
        writes: 2,
        otherWrites: 1,
        delayDrops: 1,
        pipelineFailures: 1,
        restarts: 1,
        repeats: 1,
        reads: 2,
        commits: 1,
      },
    },
  },
];

export const LARGE: readonly Suite[] = inBothStrategies('G', MIXES);
