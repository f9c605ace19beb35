/**
 * The load tests of the system this grew from, on content 1: every region is read at the same time, a few reads at a
 * time in each, and a change at the origin is read until every region must serve it.
 *
 * Hit ratio and stale hits are by how much the edges' own counters rose; latencies are as the lab measured them, over
 * HTTP, and so above what an edge says of itself.
 */

import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { Strategy } from '../../services/protocol/invalidation.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import { WorldFailed } from '../errors.ts';
import { LatencyHistogram } from '../history/latency-histogram.ts';
import type { Clients } from '../system/clients.ts';
import { need } from '../system/edges/edge.ts';
import { isSettled } from '../system/settled.ts';
import { untilSeen } from '../trace/trace-watch.ts';
import type { WorldRegion } from '../worlds/world.ts';
import { TARGETS } from './published.ts';
import { RegionReader } from './region-reader.ts';
import type { Round } from './rounds.ts';

export interface LoadFigures {
  /** A region, or `overall`. */
  readonly region: string;
  /** Answered. */
  readonly reads: number;
  readonly failed: number;
  /** Percent; null when the edge counted none. */
  readonly hitRatio: number | null;
  readonly staleHits: number;
  /** ms; null without an answer. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Every target is met, and no read failed. */
  readonly met: boolean;
}

export interface RegionFigures extends LoadFigures {
  readonly strategy: Strategy;
  readonly delayMs: number;
  /** From when the last PUT was sent until the first read that showed it was answered; null when none did. */
  readonly newVersionMs: number | null;
}

export interface OriginalLoadResult {
  readonly regions: readonly RegionFigures[];
  readonly overall: LoadFigures;
  /** In every region. */
  readonly met: boolean;
  /** Reads that the edges counted beyond those of the load: somebody else read, too. */
  readonly otherReads: number;
}

export interface OriginalLoadOptions {
  readonly regions: readonly WorldRegion[];
  readonly clients: Clients;
  readonly clock: Clock;
  readonly rounds: readonly Round[];
  /** Reads under way at a time in each region. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** A round begins. */
  readonly onRound?: (round: Round) => void;
  /** A read has ended. */
  readonly onRead?: () => void;
}

export const LOADED_ID = 1;
/** After the longest delay, for the reads that follow a PUT. */
const GRACE_MS = 500;
const SETTLE_MS_MAX = 5_000;

/**
 * Throws WorldFailed when there is no such content, when the world does not come to rest, or an edge starts again
 * meanwhile.
 */
export async function runOriginalLoad(options: OriginalLoadOptions): Promise<OriginalLoadResult> {
  const { regions, clients, clock, rounds, concurrency, signal, onRound, onRead } = options;
  const title = await findTitle(clients);
  const settled = await untilSeen(
    { clock, deadlineMs: SETTLE_MS_MAX, signal },
    async () => (await isSettled(clients, regions)) || undefined,
  );
  signal.throwIfAborted();
  if (settled === undefined) throw new WorldFailed(`writes are still under way after ${SETTLE_MS_MAX} ms`);
  const before = await countersOf(clients, regions);
  const overall = new LatencyHistogram();
  const readers = regions.map(
    (region) => new RegionReader(region, { clients, clock, id: LOADED_ID, concurrency, signal, overall, onRead }),
  );
  const overMs = Math.max(...regions.map(({ delayMs }) => delayMs)) + GRACE_MS;
  let put: Put | undefined;
  for (const round of rounds) {
    signal.throwIfAborted();
    onRound?.(round);
    if (round.afterPut) {
      const sentAt = clock.monotonicMs();
      const { version } = await clients.update(LOADED_ID, { title });
      put = { version, sentAt };
    }
    await Promise.all(readers.map((reader) => reader.read(round.reads, round.afterPut ? overMs : 0)));
  }
  signal.throwIfAborted();
  return toResult({ readers, before, after: await countersOf(clients, regions), overall, put });
}

async function findTitle(clients: Clients): Promise<string> {
  const found = (await clients.list()).find(({ id }) => id === LOADED_ID);
  if (found === undefined) throw new WorldFailed(`the load reads content ${LOADED_ID}, which does not exist: start with a new database`);
  return found.title;
}

type Counters = ReadonlyMap<string, EdgeMetrics['metrics']>;

async function countersOf(clients: Clients, regions: readonly WorldRegion[]): Promise<Counters> {
  const asked = regions.map(async ({ region }) => [region, (await need(clients.edge(region), 'metrics')()).metrics] as const);
  return new Map(await Promise.all(asked));
}

interface Put {
  readonly version: number;
  readonly sentAt: number;
}

interface Loaded {
  readonly readers: readonly RegionReader[];
  readonly before: Counters;
  readonly after: Counters;
  readonly overall: LatencyHistogram;
  readonly put: Put | undefined;
}

interface Counted {
  readonly reads: number;
  readonly hits: number;
  readonly staleHits: number;
}

function toResult({ readers, before, after, overall, put }: Loaded): OriginalLoadResult {
  const counted = readers.map(({ region: { region } }) => risenBy(region, before.get(region), after.get(region)));
  const regions = readers.map((reader, at): RegionFigures => {
    const { region, strategy, delayMs } = reader.region;
    const { latencies, failed, firstSeenMs } = reader;
    const seenAt = put && firstSeenMs.get(put.version);
    const newVersionMs = put === undefined || seenAt === undefined ? null : seenAt - put.sentAt;
    return { ...figuresOf({ region, latencies, failed, counted: counted[at] }), strategy, delayMs, newVersionMs };
  });
  const sum = (of: (counts: Counted) => number) => counted.reduce((total, counts) => total + of(counts), 0);
  const all = { reads: sum(({ reads }) => reads), hits: sum(({ hits }) => hits), staleHits: sum(({ staleHits }) => staleHits) };
  const failed = readers.reduce((total, reader) => total + reader.failed, 0);
  return {
    regions,
    overall: figuresOf({ region: 'overall', latencies: overall, failed, counted: all }),
    met: regions.every(({ met }) => met),
    otherReads: Math.max(0, all.reads - overall.count - failed),
  };
}

function risenBy(region: string, before: EdgeMetrics['metrics'] | undefined, after: EdgeMetrics['metrics'] | undefined): Counted {
  if (before === undefined || after === undefined) throw new TypeError(`expected the counters of ${region}, got none`);
  if (before.startTime !== after.startTime)
    throw new WorldFailed(`the edge of ${region} started again during the load: its hits are not known`);
  return {
    reads: after.totalRequests - before.totalRequests,
    hits: after.cacheHits - before.cacheHits,
    staleHits: after.staleHits - before.staleHits,
  };
}

interface Measured {
  readonly region: string;
  readonly latencies: LatencyHistogram;
  readonly failed: number;
  readonly counted: Counted | undefined;
}

function figuresOf({ region, latencies, failed, counted }: Measured): LoadFigures {
  const { reads, hits, staleHits } = counted ?? { reads: 0, hits: 0, staleHits: 0 };
  const figures = {
    region,
    reads: latencies.count,
    failed,
    hitRatio: reads === 0 ? null : (hits / reads) * 100,
    staleHits,
    p50: latencies.quantile(0.5),
    p95: latencies.quantile(0.95),
    p99: latencies.quantile(0.99),
  };
  return { ...figures, met: failed === 0 && isMet(figures) };
}

/** Nothing measured meets nothing. */
export function isMet({ hitRatio, p50, p95, p99 }: Pick<LoadFigures, 'hitRatio' | 'p50' | 'p95' | 'p99'>): boolean {
  const isBelow = (ms: number | null, limit: number) => ms !== null && ms < limit;
  const { hitRatioAbove, p50MsBelow, p95MsBelow, p99MsBelow } = TARGETS;
  return hitRatio !== null && hitRatio > hitRatioAbove && isBelow(p50, p50MsBelow) && isBelow(p95, p95MsBelow) && isBelow(p99, p99MsBelow);
}
