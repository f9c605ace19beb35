/** The rules as they should stand, under one mix of events each: the promises must hold in every state. */
import type { Promised } from '../judge.ts';
import { inBothStrategies, type Mix } from './mix.ts';
import type { Suite } from './suite.ts';

/**
 * A fetch that began before an update may fill the place of an evicted entry, even after a soft event; its version is
 * then answered as stale. So `order-applied` is not promised beside evictions.
 */
const WITH_EVICTIONS: readonly Promised[] = [
  'hard',
  'soft',
  'stale-404',
  'needless',
  'lost',
  'stuck',
  'never-fresh',
  'purge-hard',
  'purge-soft',
];

const MIXES: readonly Mix[] = [
  { about: 'updates', sizes: { fetchesAtOnceMax: 2, budget: { writes: 2, reads: 4, repeats: 1 } } },
  { about: 'a deletion', sizes: { fetchesAtOnceMax: 2, budget: { writes: 1, deletions: 1, reads: 4, repeats: 1 } } },
  {
    about: 'a creation after a 404',
    sizes: { first: 'nothing', fetchesAtOnceMax: 2, budget: { creations: 1, deletions: 1, reads: 4, repeats: 1 } },
  },
  {
    about: 'a creation and an update, entries evicted',
    sizes: { first: 'nothing', fetchesAtOnceMax: 3, budget: { creations: 1, writes: 1, reads: 4, evictions: 1 } },
    promises: WITH_EVICTIONS,
  },
  {
    about: 'purges of tags',
    sizes: {
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'hard tagB', 'soft tagA', 'soft tagB'],
      budget: { writes: 1, purges: 1, reads: 4, repeats: 1 },
    },
  },
  {
    about: 'two purges',
    sizes: {
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'soft tagB', 'soft all', 'hard pattern'],
      budget: { writes: 1, purges: 2, reads: 3 },
    },
  },
  {
    about: 'purges of the key, of a pattern and of all',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard key', 'soft key', 'hard all', 'soft all', 'hard pattern', 'soft pattern'],
      budget: { writes: 1, purges: 1, reads: 4, agings: 1 },
    },
  },
  {
    about: 'entries age, 304s, the origin fails',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['soft tagA', 'hard key'],
      budget: { writes: 1, purges: 1, reads: 3, agings: 2, fetchFailures: 1 },
    },
  },
  {
    about: 'the strategy is switched',
    sizes: { first: 'cached', fetchesAtOnceMax: 2, purges: ['hard key'], budget: { writes: 2, strategySwitches: 2, reads: 3 } },
  },
  {
    about: 'the edge is killed',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA'],
      budget: { writes: 1, purges: 1, restarts: 2, commits: 2, reads: 3, repeats: 1 },
    },
  },
  {
    about: 'the cache comes back from a snapshot',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA'],
      budget: { writes: 1, purges: 1, snapshots: 1, restores: 1, reads: 3, commits: 1 },
    },
  },
  {
    about: 'the same, with a deletion',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA'],
      budget: { writes: 1, deletions: 1, snapshots: 1, restores: 1, reads: 3, commits: 1 },
    },
  },
  {
    about: 'the cache comes back empty',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'soft all'],
      budget: { writes: 1, purges: 1, emptied: 1, reads: 4 },
    },
  },
  {
    about: 'the cache comes back empty: two writes, another key',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'soft all'],
      budget: { writes: 2, purges: 1, otherWrites: 1, emptied: 1, reads: 2 },
    },
  },
  {
    about: 'the cache comes back empty, the edge is killed',
    sizes: { fetchesAtOnceMax: 2, purges: ['hard tagA', 'hard key'], budget: { writes: 1, purges: 1, restarts: 1, emptied: 1, reads: 3 } },
  },
  {
    about: 'the cache comes back empty, events wait',
    sizes: {
      isDelayed: true,
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'hard key'],
      budget: { writes: 2, purges: 1, delayDrops: 1, emptied: 1, reads: 2 },
    },
  },
  {
    about: 'the cache comes back empty: 404s',
    sizes: { first: 'nothing', fetchesAtOnceMax: 2, budget: { creations: 1, deletions: 1, emptied: 1, reads: 4 } },
  },
  {
    about: 'the delay is lowered, a step of a pipeline fails',
    sizes: {
      first: 'cached',
      isDelayed: true,
      purges: ['hard tagA'],
      budget: { writes: 1, otherWrites: 1, purges: 1, delayDrops: 1, pipelineFailures: 1, reads: 2, repeats: 1 },
    },
  },
  {
    about: 'the log is made anew',
    sizes: { first: 'cached', fetchesAtOnceMax: 2, purges: ['hard tagA'], budget: { writes: 1, deletions: 1, newLogs: 1, reads: 3 } },
  },
  { about: 'a flush', sizes: { fetchesAtOnceMax: 2, purges: ['hard tagA'], budget: { writes: 1, purges: 1, flushes: 1, reads: 4 } } },
  { about: 'reads without the cache', sizes: { first: 'cached', fetchesAtOnceMax: 2, budget: { writes: 2, readsThrough: 2, reads: 3 } } },
  {
    about: 'entries are evicted, three fetches at once',
    sizes: { fetchesAtOnceMax: 3, purges: ['soft tagA'], budget: { writes: 2, purges: 1, evictions: 1, reads: 4 } },
    promises: WITH_EVICTIONS,
  },
  {
    about: 'entries and marks end',
    sizes: { fetchesAtOnceMax: 2, purges: ['hard tagA'], budget: { writes: 1, purges: 1, ticks: 5, reads: 3 } },
  },
  {
    about: 'entries and marks end, the edge is paused',
    sizes: {
      fetchesAtOnceMax: 2,
      purges: ['hard tagA'],
      entryTicks: 1,
      mayPause: true,
      budget: { writes: 1, purges: 1, ticks: 5, reads: 3 },
    },
  },
  {
    about: 'the cache comes back empty: a write, a purge, repeats',
    sizes: {
      first: 'cached',
      fetchesAtOnceMax: 2,
      purges: ['hard tagA', 'soft all'],
      budget: { writes: 1, purges: 1, repeats: 1, emptied: 1, reads: 3 },
    },
  },
];

export const HOLD: readonly Suite[] = inBothStrategies('H', MIXES);
