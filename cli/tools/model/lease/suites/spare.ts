/** Rules that one would expect to be needed, and that are not: without them the property must hold. */
import type { Suite } from './suite.ts';

export const SPARE: readonly Suite[] = [
  {
    name: 'S1',
    about: 'T may lie after its arrival, within the skew',
    rules: { clamp: false },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 2 } },
  },
  {
    name: 'S2',
    about: 'heartbeats kept in memory across a rejoin and a noticed new life',
    rules: { beats: 'memory', log: 'trusted' },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 1, snapshots: 1, restores: 1, restarts: 1 } },
  },
  {
    name: 'S3',
    about: 'cache gone back and not noticed, heartbeats stored with the positions',
    rules: { newLife: 'unnoticed' },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 1, snapshots: 1, restores: 1 } },
  },
  {
    name: 'S4',
    about: 'the last heartbeat counts, not the highest',
    rules: { max: false },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 2, lostSends: 1 } },
  },
];
