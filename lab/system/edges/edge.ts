/**
 * The port of an edge: a cache under test, whosever it is. Every cache can be read. What else one can be asked stands
 * in `can`, and nobody takes it for granted: who cannot do without says so by `need`.
 */
import { z } from 'zod';
import type { EdgeConfig, EdgeConfigChange, EdgeHealth, EdgeMetrics, VersionRow } from '../../../services/protocol/edge-api.ts';
import { InvalidInput } from '../../errors.ts';
import type { Transport } from '../transport.ts';

/** What a reader learns of an answer. */
export interface EdgeRead {
  readonly found: boolean;
  readonly version: number;
  readonly source: 'cache' | 'origin';
  readonly status: 'fresh' | 'stale';
  /** When the origin was asked for it: wall clock, ms since 1970. undefined: the cache does not tell. */
  readonly cachedAt: number | undefined;
  /** undefined of a 404. */
  readonly body: string | undefined;
  /** The cache did not answer, and the origin was asked past it. Left out: not so, or the edge does not tell. */
  readonly bypassed?: true;
}

/** One of several edges of a region. */
export interface MemberTold {
  /** From 1. */
  readonly member: number;
  readonly state: 'away' | 'cut off' | 'catching up' | 'connected';
}

/** What an edge tells, or several of a region together. */
export interface RegionMetrics extends EdgeMetrics {
  /** Left out: there is one. */
  readonly members?: readonly MemberTold[];
}

export interface EdgeCapabilities {
  readonly metrics?: (signal?: AbortSignal) => Promise<RegionMetrics>;
  /** Also of an edge that cannot serve. */
  readonly health?: (signal?: AbortSignal) => Promise<EdgeHealth>;
  readonly settings?: {
    readonly read: () => Promise<EdgeConfig>;
    readonly change: (change: EdgeConfigChange) => Promise<void>;
  };
  /** Every entry of its cache becomes invalid. */
  readonly flush?: () => Promise<void>;
  /** Those of its cache, at most 10,000. */
  readonly entries?: () => Promise<readonly VersionRow[]>;
}
export type Capability = keyof EdgeCapabilities;

/** No cache is known that waits longer. */
const deadlineMs = z.number().positive().max(600_000);

/** What an answer is judged by that follows from how the cache is made, in ms. Told in the head of a history. */
export const edgeBounds = z.strictObject({
  /** A fetch from the origin that takes longer counts as failed. */
  fetchDeadlineMs: deadlineMs,
  /** A call to the log that takes longer keeps it from joining the log again. */
  joinDeadlineMs: deadlineMs,
  /** How long an entry is fresh. Left out: longer than anybody looks. */
  freshMs: z.number().positive().optional(),
  /**
   * How many invalidations its cache remembers: above it an entry may end at any time. Left out: more than there are.
   */
  marksMax: z.int().positive().optional(),
  /**
   * What it calls fresh was superseded no longer ago than this and `skewMs` together, whatever fails. Left out: it
   * states no bound.
   */
  leaseMs: z.number().positive().optional(),
  /** By how much the clocks of origin and edge may differ for it to hold. */
  skewMs: z.number().nonnegative().optional(),
  /** How many edges answer for the region, from one cache. Left out: one. */
  members: z.int().min(2).optional(),
  /** What one of them has changed another may see so much later. Left out: at once. */
  hotMs: z.number().positive().max(600_000).optional(),
  /**
   * For so long after an origin that did not answer can be reached again it may not ask it. Left out: it asks whenever
   * it needs to.
   */
  probeMs: z.number().positive().max(60_000).optional(),
  /** So many contents it fetches before they are read, when its cache may have lost them. Left out: none. */
  warmKeys: z.int().positive().max(10_000).optional(),
  /**
   * It is purged once more so long after the first time: until then it may have what a fetch under way had brought.
   * Left out: it is not.
   */
  againMs: z.number().positive().max(600_000).optional(),
  /** Its purges are sent at a bounded pace: one may wait so long for its turn. Left out: none does. */
  turnMs: z.number().positive().max(600_000).optional(),
  /** Who joins a fetch under way may be answered by it, whatever was purged since it began. Left out: nobody may. */
  joins: z.literal(true).optional(),
  /**
   * `label`: its answers do not say when the origin was asked, and its label says which were fetched for whoever read:
   * those were asked for no longer before than a fetch may last. Left out: each answer says it.
   */
  datedBy: z.literal('label').optional(),
  /** A 404 may be served stale like a content. Left out: it may not. */
  staleMissing: z.literal(true).optional(),
});
export type EdgeBounds = Readonly<z.infer<typeof edgeBounds>>;
/** By region. */
export type RegionBounds = Readonly<Record<string, EdgeBounds>>;

export function regionBounds(edges: readonly Pick<EdgeUnderTest, 'region' | 'bounds'>[]): RegionBounds {
  return Object.fromEntries(edges.map(({ region, bounds }) => [region, bounds]));
}

/** What is asked throws CallFailed without a usable answer. */
export interface EdgeUnderTest {
  readonly region: string;
  readonly bounds: EdgeBounds;
  /** By its id; `signal` ends the call before its deadline. */
  readonly read: (id: number, signal?: AbortSignal) => Promise<EdgeRead>;
  readonly can: EdgeCapabilities;
  /** Where several edges answer for the region, from one cache: each by itself. Left out: there is one. */
  readonly members?: readonly EdgeUnderTest[];
  /** Another process tells what it can: that says nothing of whether the cache itself answers. */
  readonly isToldByOther?: true;
}

export interface OpenEdgeOptions {
  readonly transport: Transport;
  readonly url: string;
  /** Bearer token of its admin routes, where it has any. */
  readonly adminToken: string | undefined;
}

/** A kind of cache: one file each, and a row in `edges.ts`. */
export interface EdgeKind {
  /** In a few words. */
  readonly about: string;
  readonly bounds: EdgeBounds;
  readonly open: (options: OpenEdgeOptions) => Pick<EdgeUnderTest, 'read' | 'can'>;
}

const CANNOT: Readonly<Record<Capability, string>> = {
  metrics: 'tells no metrics',
  health: 'does not say how it is',
  settings: 'has no settings that can be changed',
  flush: 'cannot be flushed',
  entries: 'does not list its entries',
};

/** Why not, in words. undefined: it can do all of that. */
export function whyUnable({ region, can }: Pick<EdgeUnderTest, 'region' | 'can'>, needed: readonly Capability[]): string | undefined {
  const missing = needed.filter((capability) => can[capability] === undefined);
  return missing.length === 0 ? undefined : `the edge of ${region} ${missing.map((capability) => CANNOT[capability]).join(' and ')}`;
}

/** For who cannot do without. Throws InvalidInput naming the region and what its edge cannot. */
export function need<Needed extends Capability>(
  edge: Pick<EdgeUnderTest, 'region' | 'can'>,
  needed: Needed,
): NonNullable<EdgeCapabilities[Needed]> {
  const found = edge.can[needed];
  if (found === undefined) throw new InvalidInput(`${whyUnable(edge, [needed])}`);
  return found;
}
