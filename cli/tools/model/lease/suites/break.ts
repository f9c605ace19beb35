/** Each rule taken out: the property must be violated, else the rule is not needed. */
import type { Suite } from './suite.ts';

export const BREAK: readonly Suite[] = [
  { name: 'L1', about: 'no lease', rules: { lease: false }, sizes: { end: 4, budget: { writes: 1 } } },
  {
    name: 'L2',
    about: 'heartbeat without a claim',
    rules: { heartbeat: 'always' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 1 } },
  },
  {
    name: 'L3',
    about: 'clock read after the claim',
    rules: { clockRead: 'after' },
    sizes: { end: 6, budget: { writes: 1, heartbeats: 1 } },
  },
  {
    name: 'L4',
    about: 'heartbeat after a send whose outcome is not known',
    rules: { heartbeat: 'unacked' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 1, lostSends: 1 } },
  },
  {
    name: 'L5',
    about: 'heartbeat after a claim cut short by its limit',
    rules: { whole: false },
    sizes: { end: 5, claimMax: 1, budget: { writes: 1, otherWrites: 1, heartbeats: 1 } },
  },
  {
    name: 'L6',
    about: 'rows marked sent before the log has them',
    rules: { mark: 'sent' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 2, lostSends: 1, relayCrashes: 1 } },
  },
  {
    name: 'L7',
    about: 'claim by id above the last',
    rules: { claim: 'max' },
    sizes: { end: 4, lease: 1, budget: { earlyTransactions: 1, otherWrites: 1, heartbeats: 2 } },
  },
  {
    name: 'L8',
    about: 'effect on arrival',
    rules: { effect: 'arrives', log: 'trusted' },
    sizes: { end: 5, delay: 4, budget: { writes: 1, heartbeats: 1 } },
  },
  { name: 'L9', about: 'one partition only', rules: { over: 'one' }, sizes: { end: 5, budget: { writes: 1, heartbeats: 1 } } },
  { name: 'L10', about: 'highest instead of lowest', rules: { over: 'highest' }, sizes: { end: 5, budget: { writes: 1, heartbeats: 1 } } },
  {
    name: 'L11',
    about: 'the lease asked for after the lookup',
    rules: { beatRead: 'after', log: 'trusted' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 1, slowReads: 1 } },
  },
  {
    name: 'L12',
    about: 'fetchedAt is when the answer came',
    rules: { fetchedAt: 'answered' },
    sizes: { end: 6, skew: 0, clocksAhead: [0], fetchTicksMax: 2, budget: { writes: 1, fetches: 1 } },
  },
  {
    name: 'L13',
    about: 'an answer of the origin is always fresh (edge paused)',
    rules: { labelOrigin: 'fresh' },
    sizes: { end: 6, mayPause: true, budget: { writes: 1, fetches: 1 } },
  },
  {
    name: 'L14',
    about: 'heartbeat of a log made anew is trusted',
    rules: { log: 'trusted' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 1, newLogs: 1 } },
  },
  {
    name: 'L15',
    about: 'a late heartbeat lands in the new log',
    rules: { log: 'trusted' },
    sizes: { end: 4, lease: 1, budget: { writes: 1, heartbeats: 2, newLogs: 1, lostSends: 1 } },
  },
  {
    name: 'L16',
    about: 'cache gone back, not noticed, heartbeats in memory',
    rules: { newLife: 'unnoticed', beats: 'memory', log: 'trusted' },
    sizes: { end: 5, budget: { writes: 1, heartbeats: 1, snapshots: 1, restores: 1 } },
  },
  { name: 'L17', about: 'the lease is a flag cleared by a timer', rules: { byTimer: true }, sizes: { end: 4, budget: { writes: 1 } } },
  {
    name: 'L18',
    about: 'clock ahead beyond the skew, heartbeat sent at once, taken from the future',
    rules: { future: 'taken', clamp: false },
    sizes: { end: 6, clocksAhead: [4], budget: { writes: 1, heartbeats: 1 } },
  },
  {
    name: 'L19',
    about: 'a clock ahead beyond the skew, and a relay paused between claim and send (a clock fault: excused)',
    rules: {},
    sizes: { end: 6, clocksAhead: [0], budget: { writes: 1, heartbeats: 1, clockJumps: 1 } },
  },
];
