/** Hot entries that are good for a while, and that no question confirms: the rules as they should stand. */
import type { Suite } from './suite.ts';

const rules = { hot: 'timed' } as const;

export const HOLD_TIMED: readonly Suite[] = [
  {
    name: 'M13',
    about: 'hot entries for a while, two members: write, purge',
    rules,
    sizes: { end: 3, budget: { writes: 1, purges: 1, lookups: 2 } },
  },
  {
    name: 'M14',
    about: 'hot entries for a while, one member: fetch',
    rules,
    sizes: { members: 1, end: 3, budget: { writes: 1, purges: 1, lookups: 2, fetches: 1, reads: 1 } },
  },
  {
    name: 'M15',
    about: 'hot entries for a while, fills seen by the other member',
    rules,
    sizes: { unreadUntil: 0, end: 2, budget: { fetches: 1, reads: 1, lookups: 1 } },
  },
  {
    name: 'M16',
    about: 'hot entries for a while, a new life from a snapshot',
    rules,
    sizes: { snapshotBehind: 3, end: 2, budget: { writes: 1, lookups: 2, restores: 1, fetches: 1 } },
  },
  {
    name: 'M17',
    about: 'hot entries for a while, a flush by the other member',
    rules,
    sizes: { end: 3, budget: { flushes: 1, lookups: 2, fetches: 1 } },
  },
  {
    name: 'M18',
    about: 'hot entries for a while, and the lease',
    rules,
    sizes: { members: 1, unreadUntil: 0, end: 4, lease: 1, budget: { heartbeats: 2, lookups: 2 } },
  },
  {
    name: 'M19',
    about: 'hot entries for a while, the log made anew',
    rules,
    sizes: { end: 1, budget: { writes: 2, newLogs: 1, lookups: 1, fetches: 1 } },
  },
  {
    name: 'M20',
    about: 'hot entries for a while, one member killed',
    rules,
    sizes: { end: 2, budget: { writes: 1, heartbeats: 1, restarts: 1, lookups: 1 } },
  },
  {
    name: 'M21',
    about: 'hot entries for a while, one member does not reach the cache',
    rules,
    sizes: { end: 2, budget: { writes: 1, readsThrough: 1, lookups: 1, fetches: 1 } },
  },
];
