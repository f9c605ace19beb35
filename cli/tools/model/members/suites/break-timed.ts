/** Hot entries that are good for a while: each of their rules taken out. */
import type { Suite } from './suite.ts';

export const BREAK_TIMED: readonly Suite[] = [
  {
    name: 'N17',
    about: 'hot entries for a while, a lookup from before an own apply is kept',
    rules: { hot: 'timed', lateLookup: 'kept' },
    sizes: { members: 1, end: 2, budget: { writes: 1, lookups: 1 } },
    kinds: ['hard'],
  },
  {
    name: 'N18',
    about: 'hot entries for a while, counted from the receipt of the lookup',
    rules: { hot: 'timed', countsFrom: 'received' },
    sizes: { end: 4, budget: { writes: 1, lookups: 1 } },
    kinds: ['hard'],
  },
  {
    name: 'N19',
    about: 'hot entries for a while, lease of the latest answer',
    rules: { hot: 'timed', leaseOf: 'latest' },
    sizes: { unreadUntil: 3, end: 3, lease: 1, budget: { heartbeats: 1, lookups: 1, otherLookups: 1 } },
    kinds: ['age'],
  },
  {
    name: 'N20',
    about: 'hot entries for a while, kept over a new life',
    rules: { hot: 'timed', dropsAtNewLife: false },
    sizes: { snapshotBehind: 3, end: 2, budget: { writes: 1, lookups: 1, restores: 1 } },
    kinds: ['hard'],
  },
  {
    name: 'N21',
    about: 'hot entries for a while, whether one has caught up is asked when it is given',
    rules: { hot: 'timed', caughtUpOf: 'now', lease: 'off' },
    sizes: { unreadUntil: 0, end: 0, budget: { restarts: 1, lookups: 1 } },
    kinds: ['restart'],
  },
  {
    name: 'N22',
    about: 'hot entries for a while, nothing dropped at an own flush',
    rules: { hot: 'timed', dropsOwn: false },
    sizes: { members: 1, end: 1, budget: { flushes: 1, lookups: 1 } },
    kinds: ['hard'],
  },
  {
    name: 'N23',
    about: 'hot entries for a while, a lookup from before a later answer is kept',
    rules: { hot: 'timed', dropsAnswered: false },
    sizes: { unreadUntil: 0, end: 1, budget: { fetches: 1, reads: 1, lookups: 1 } },
    kinds: ['order'],
  },
];
