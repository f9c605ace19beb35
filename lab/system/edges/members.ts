/**
 * Several edges of ours that answer for one region from one cache, as one: reads go to one after another, whichever of
 * them runs. What the cache holds any of them tells; what each has done by itself is added up, of those that answer.
 */
import type { EdgeHealth, EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import { type EdgeUnderTest, type MemberTold, need } from './edge.ts';

/** Of one region, and all of ours. */
export function membersOf(members: readonly EdgeUnderTest[]): EdgeUnderTest {
  const [first] = members;
  if (first === undefined) throw new TypeError('expected an edge, got none');
  let reads = 0;
  const next = () => {
    const at = reads % members.length;
    reads += 1;
    return members[at] ?? first;
  };
  return {
    region: first.region,
    bounds: first.bounds,
    members,
    read: (id, signal) => next().read(id, signal),
    can: {
      metrics: async (signal) => {
        const asked = await Promise.allSettled(members.map((member) => need(member, 'metrics')(signal)));
        return { ...together(answeredOf(asked)), members: asked.map(toTold) };
      },
      health: async (signal) => worst(answeredOf(await Promise.allSettled(members.map((member) => need(member, 'health')(signal))))),
      settings: {
        read: () => need(first, 'settings').read(),
        change: async (change) => void (await Promise.all(members.map((member) => need(member, 'settings').change(change)))),
      },
      flush: async () => void (await Promise.any(members.map((member) => need(member, 'flush')()))),
      entries: () => Promise.any(members.map((member) => need(member, 'entries')())),
    },
  };
}

/** Of those that answered, in their order. Throws what the first failed with where none did. */
function answeredOf<T>(asked: readonly PromiseSettledResult<T>[]): readonly T[] {
  const answers = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [failed] = asked.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (answers.length === 0) throw failed;
  return answers;
}

function toTold(asked: PromiseSettledResult<EdgeMetrics>, at: number): MemberTold {
  const member = at + 1;
  if (asked.status === 'rejected') return { member, state: 'away' };
  const { connected, catchingUp } = asked.value.log;
  return { member, state: !connected ? 'cut off' : catchingUp ? 'catching up' : 'connected' };
}

function worst(told: readonly EdgeHealth[]): EdgeHealth {
  const order = ['unavailable', 'degraded', 'ok'];
  const [first] = told.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status));
  if (first === undefined) throw new TypeError('expected an answer, got none');
  return first;
}

/** What the region has done: counters are sums, what is under way is that of whoever is furthest behind. */
function together(told: readonly EdgeMetrics[]): EdgeMetrics {
  const [first] = told;
  if (first === undefined) throw new TypeError('expected an answer, got none');
  if (told.length === 1) return first;
  const sum = (of: (edge: EdgeMetrics) => number | undefined) => told.reduce((all, edge) => all + (of(edge) ?? 0), 0);
  const most = (of: (edge: EdgeMetrics) => number) => Math.max(...told.map(of));
  return {
    ...first,
    propagationDelayMs: most((edge) => edge.propagationDelayMs),
    metrics: {
      ...first.metrics,
      cacheHits: sum(({ metrics }) => metrics.cacheHits),
      cacheMisses: sum(({ metrics }) => metrics.cacheMisses),
      staleHits: sum(({ metrics }) => metrics.staleHits),
      totalRequests: sum(({ metrics }) => metrics.totalRequests),
      hitRatio: ratioOf(told.map(({ metrics }) => [metrics.hitRatio, metrics.totalRequests])) ?? 0,
      totalInvalidations: sum(({ metrics }) => metrics.totalInvalidations),
      eagerInvalidations: sum(({ metrics }) => metrics.eagerInvalidations),
      lazyInvalidations: sum(({ metrics }) => metrics.lazyInvalidations),
      // Another one with each edge that comes or goes: what is counted begins anew then.
      startTime: told.map((edge) => edge.metrics.startTime).join(' '),
    },
    window: windowTogether(told.map(({ window }) => window)),
    recent: told.flatMap(({ recent }) => recent).sort((one, other) => other.appliedAt - one.appliedAt),
    log: logTogether(told),
    fills: { stored: sum(({ fills }) => fills.stored), refused: refusedTogether(told) },
    coalesced: sum(({ coalesced }) => coalesced),
    hotLookups: sum(({ hotLookups }) => hotLookups),
    originFetches: sum(({ originFetches }) => originFetches),
    failedFetches: sum(({ failedFetches }) => failedFetches),
    readsThrough: sum(({ readsThrough }) => readsThrough),
  };
}

/** Of parts, each with how much of the whole it is. null: there is nothing of any. */
function ratioOf(parts: readonly (readonly [ratio: number | null, weight: number])[]): number | null {
  const known = parts.flatMap(([ratio, weight]) => (ratio === null || weight === 0 ? [] : [{ ratio, weight }]));
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? null : known.reduce((sum, { ratio, weight }) => sum + ratio * (weight / total), 0);
}

/** Quantiles of two cannot be added: those of the slower one. */
function windowTogether(windows: readonly EdgeMetrics['window'][]): EdgeMetrics['window'] {
  const slowest = (of: (window: EdgeMetrics['window']) => number | null) => {
    const known = windows.flatMap((window) => of(window) ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    requests: windows.reduce((sum, { requests }) => sum + requests, 0),
    hitRatio: ratioOf(windows.map(({ hitRatio, requests }) => [hitRatio, requests])),
    p50: slowest(({ p50 }) => p50),
    p95: slowest(({ p95 }) => p95),
    p99: slowest(({ p99 }) => p99),
  };
}

function logTogether(told: readonly EdgeMetrics[]): EdgeMetrics['log'] {
  const logs = told.map(({ log }) => log);
  const sum = (of: (log: EdgeMetrics['log']) => number) => logs.reduce((all, log) => all + of(log), 0);
  const lags = logs.flatMap(({ lag }) => lag ?? []);
  const partitions = new Set(logs.flatMap(({ applied }) => Object.keys(applied)));
  return {
    connected: logs.every(({ connected }) => connected),
    catchingUp: logs.some(({ catchingUp }) => catchingUp),
    joins: sum(({ joins = 0 }) => joins),
    lag: lags.length === logs.length ? Math.max(...lags) : null,
    applied: Object.fromEntries([...partitions].map((at) => [at, Math.max(...logs.map(({ applied }) => applied[at] ?? -1))])),
    queued: Math.min(...logs.map(({ queued }) => queued)),
    overdueMs: Math.max(...logs.map(({ overdueMs = 0 }) => overdueMs)),
    unreadable: sum(({ unreadable }) => unreadable),
  };
}

function refusedTogether(told: readonly EdgeMetrics[]): EdgeMetrics['fills']['refused'] {
  const refused: Record<string, number> = {};
  for (const { fills } of told) for (const [why, count] of Object.entries(fills.refused)) refused[why] = (refused[why] ?? 0) + count;
  return refused;
}
