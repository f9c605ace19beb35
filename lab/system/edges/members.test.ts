import { describe, expect, it } from 'vitest';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { EdgeUnderTest } from './edge.ts';
import { membersOf } from './members.ts';
import { ownEdge } from './own.ts';

const LOG: EdgeMetrics['log'] = {
  connected: true,
  catchingUp: false,
  joins: 1,
  lag: 0,
  applied: {},
  queued: 0,
  overdueMs: 0,
  unreadable: 0,
};

const COUNTERS = {
  totalRequests: 10,
  cacheHits: 6,
  cacheMisses: 3,
  staleHits: 1,
  hitRatio: 70,
  avgLatency: null,
  p50Latency: null,
  p95Latency: null,
  p99Latency: null,
  minLatency: null,
  maxLatency: null,
  totalInvalidations: 2,
  eagerInvalidations: 2,
  lazyInvalidations: 0,
  uptime: 1_000,
};

/** One that answers as told, and says by whom it was read. */
function edgeThat(
  name: string,
  { log = {}, isAway = false }: { readonly log?: Partial<EdgeMetrics['log']>; readonly isAway?: boolean } = {},
) {
  const reads: number[] = [];
  const away = () => Promise.reject(new Error(`${name} is away`));
  const metrics: EdgeMetrics = {
    success: true,
    region: 'eu-west',
    strategy: 'eager',
    propagationDelayMs: 100,
    metrics: { ...COUNTERS, startTime: `start of ${name}` },
    window: { requests: 3, hitRatio: name === 'one' ? 100 : 40, p50: 1, p95: name === 'one' ? 2 : 9, p99: 9 },
    versions: [],
    invalidationLagMs: null,
    recent: [],
    fills: { stored: 1, refused: { 'below-floor': 2 } },
    coalesced: 0,
    originFetches: 1,
    log: { ...LOG, ...log },
  };
  const edge: EdgeUnderTest = {
    region: 'eu-west',
    bounds: ownEdge.bounds,
    read: async (id) => {
      reads.push(id);
      return { found: false, version: 0, source: 'cache', status: 'fresh', cachedAt: 0, body: undefined };
    },
    can: { metrics: isAway ? away : async () => metrics, flush: isAway ? away : async () => {} },
  };
  return { edge, reads };
}

describe('several edges of a region', () => {
  it('are read in turn', async () => {
    const [one, other] = [edgeThat('one'), edgeThat('other')];
    const together = membersOf([one.edge, other.edge]);
    for (const id of [1, 2, 3, 4]) await together.read(id);
    expect([one.reads, other.reads]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('have caught up when each of them has, and have applied what any of them has', async () => {
    const one = edgeThat('one', { log: { applied: { 0: 5, 1: 2 }, lag: 0 } });
    const other = edgeThat('other', { log: { applied: { 0: 4, 1: 3, 2: 0 }, lag: 2, catchingUp: true } });
    const told = await membersOf([one.edge, other.edge]).can.metrics?.();
    expect(told?.log).toMatchObject({ applied: { 0: 5, 1: 3, 2: 0 }, lag: 2, catchingUp: true, joins: 2 });
    expect(told).toMatchObject({ originFetches: 2, fills: { stored: 2, refused: { 'below-floor': 4 } } });
    expect(told?.metrics).toMatchObject({ totalRequests: 20, hitRatio: 70, totalInvalidations: 4 });
    expect(told?.window).toEqual({ requests: 6, hitRatio: 70, p50: 1, p95: 9, p99: 9 });
  });

  it('are told of by those that answer, and begin anew when one comes or goes', async () => {
    const [one, gone] = [edgeThat('one'), edgeThat('gone', { isAway: true })];
    const alone = await membersOf([one.edge, gone.edge]).can.metrics?.();
    const both = await membersOf([one.edge, edgeThat('back').edge]).can.metrics?.();
    expect(alone?.originFetches).toBe(1);
    expect([alone?.members, both?.members].map((members) => members?.map(({ state }) => state))).toEqual([
      ['connected', 'away'],
      ['connected', 'connected'],
    ]);
    expect(alone?.metrics.startTime).not.toBe(both?.metrics.startTime);
  });

  it('do not answer where none does, and one of them is enough to flush their cache', async () => {
    const [one, gone] = [edgeThat('one'), edgeThat('gone', { isAway: true })];
    await expect(membersOf([gone.edge, gone.edge]).can.metrics?.()).rejects.toThrow('gone is away');
    await expect(membersOf([gone.edge, one.edge]).can.flush?.()).resolves.toBeUndefined();
  });
});
