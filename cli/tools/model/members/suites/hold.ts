/** The rules as they should stand, under one mix of events each: what must hold holds in every state. */
import { HOLD_TIMED } from './hold-timed.ts';
import type { Suite } from './suite.ts';

export const HOLD: readonly Suite[] = [
  {
    name: 'M1',
    about: 'two members, both read all: write, purge, heartbeat, one killed',
    rules: {},
    sizes: { end: 2, budget: { writes: 1, purges: 1, heartbeats: 1, restarts: 1 } },
  },
  {
    name: 'M2',
    about: 'two members: write, heartbeat, fetch',
    rules: {},
    sizes: { end: 2, budget: { writes: 1, heartbeats: 1, fetches: 1 } },
  },
  {
    name: 'M3',
    about: 'the log made anew, noticed by one after the other',
    rules: {},
    sizes: { end: 1, budget: { writes: 2, newLogs: 1, fetches: 1 } },
  },
  {
    name: 'M4',
    about: 'the cache comes back from a snapshot',
    rules: {},
    sizes: { snapshotBehind: 2, end: 1, budget: { writes: 1, restores: 1, fetches: 1 } },
  },
  {
    name: 'M5',
    about: 'one member does not reach the cache for a while, and shares what it answered',
    rules: {},
    sizes: { end: 1, budget: { writes: 1, readsThrough: 1, fetches: 1 } },
  },
  {
    name: 'M6',
    about: 'a group splits the partitions: fresh from the lease after the start on',
    rules: { reads: 'split', start: 'since' },
    sizes: { end: 3, budget: { writes: 1, heartbeats: 2, moves: 1, restarts: 1 } },
  },
  {
    name: 'M7',
    about: 'hot entries confirmed, one member',
    rules: { hot: 'confirmed' },
    sizes: { members: 1, end: 3, budget: { writes: 1, lookups: 2, questions: 2, fetches: 1 } },
  },
  {
    name: 'M8',
    about: 'hot entries confirmed, two members: write',
    rules: { hot: 'confirmed' },
    sizes: { end: 3, budget: { writes: 1, lookups: 2, questions: 2 } },
  },
  {
    name: 'M9',
    about: 'hot entries confirmed, two members: fills seen by the other',
    rules: { hot: 'confirmed' },
    sizes: { unreadUntil: 0, end: 2, budget: { fetches: 1, reads: 1, lookups: 1, questions: 1 } },
  },
  {
    name: 'M10',
    about: 'hot entries confirmed, a new life from a snapshot',
    rules: { hot: 'confirmed' },
    sizes: { snapshotBehind: 3, end: 2, budget: { writes: 1, lookups: 1, questions: 1, restores: 1 } },
  },
  {
    name: 'M11',
    about: 'hot entries confirmed, a flush by the other member',
    rules: { hot: 'confirmed' },
    sizes: { end: 2, budget: { flushes: 1, lookups: 2, questions: 2 } },
  },
  {
    name: 'M12',
    about: 'hot entries confirmed, and the lease',
    rules: { hot: 'confirmed' },
    sizes: { members: 1, unreadUntil: 0, end: 4, lease: 1, budget: { heartbeats: 2, lookups: 1, questions: 2 } },
  },
  ...HOLD_TIMED,
];
