/** The rules as they should stand, under one mix of events each: the property must hold in every state. */
import type { Suite } from './suite.ts';

export const HOLD: readonly Suite[] = [
  { name: 'H1', about: 'one write, three heartbeats', rules: {}, sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 3 } } },
  {
    name: 'H2',
    about: 'one write, late and lost sends, half a heartbeat',
    rules: {},
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 2, lostSends: 1, halfHeartbeats: 1 } },
  },
  {
    name: 'H3',
    about: 'two writes, a send late, relay killed',
    rules: {},
    sizes: { lease: 1, skew: 0, end: 3, clocksAhead: [0], budget: { writes: 2, heartbeats: 2, lostSends: 1, relayCrashes: 1 } },
  },
  {
    name: 'H4',
    about: 'two relays that both think they hold the lock, clocks apart',
    rules: {},
    sizes: { lease: 1, end: 3, relays: 2, budget: { writes: 1, heartbeats: 2 } },
  },
  {
    name: 'H5',
    about: 'a transaction that began before the claim, behind another row',
    rules: {},
    sizes: { lease: 1, end: 4, budget: { earlyTransactions: 1, otherWrites: 1, heartbeats: 2 } },
  },
  {
    name: 'H6',
    about: 'purge in the other partition, fetch, edge restarts',
    rules: {},
    sizes: { lease: 1, end: 4, budget: { purges: 1, heartbeats: 1, fetches: 1, restarts: 1 } },
  },
  {
    name: 'H7',
    about: 'lazy: write, fetches (revalidation), late send',
    rules: {},
    sizes: { lease: 1, end: 4, isLazy: true, budget: { writes: 1, heartbeats: 1, fetches: 2, lostSends: 1 } },
  },
  {
    name: 'H8',
    about: 'the log made anew, late sends',
    rules: {},
    sizes: { lease: 1, skew: 0, end: 3, clocksAhead: [0], budget: { writes: 1, heartbeats: 2, newLogs: 1, lostSends: 1 } },
  },
  {
    name: 'H9',
    about: 'the cache comes back from a snapshot',
    rules: {},
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 1, snapshots: 1, restores: 1, fetches: 1 } },
  },
  {
    name: 'H10',
    about: 'delay raised, lowered',
    rules: {},
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 2, delayRaises: 1, delayDrops: 1 } },
  },
  {
    name: 'H11',
    about: 'claims cut short by their limit',
    rules: {},
    sizes: { lease: 1, end: 4, claimMax: 1, budget: { writes: 1, otherWrites: 2, heartbeats: 2 } },
  },
  {
    name: 'H12',
    about: 'a paused edge, fetch answers late',
    rules: {},
    sizes: { lease: 1, end: 4, mayPause: true, budget: { writes: 1, heartbeats: 1, fetches: 2 } },
  },
  {
    name: 'H13',
    about: 'the lease asked for before the lookup',
    rules: { beatRead: 'before' },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 1, slowReads: 1 } },
  },
  { name: 'H14', about: 'the longer lease', rules: {}, sizes: { lease: 2, end: 5, budget: { writes: 1, heartbeats: 2 } } },
  {
    name: 'H15',
    about: 'as planned: heartbeat only after an empty claim',
    rules: { heartbeat: 'empty' },
    sizes: { lease: 1, end: 4, budget: { writes: 1, heartbeats: 2, lostSends: 1 } },
  },
  {
    name: 'H16',
    about: 'heartbeats due like events',
    rules: { due: 'delayed' },
    sizes: { lease: 1, end: 4, budget: { writes: 1, purges: 1, heartbeats: 1 } },
  },
];
