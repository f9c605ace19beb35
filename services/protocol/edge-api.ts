/**
 * What an edge answers: the body of a read, `/metrics`, `/health` and the admin routes. Parsed by the lab with the same
 * schemas.
 */
import { z } from 'zod';
import { content } from './content.ts';
import { invalidationMode, invalidationType, strategy } from './invalidation.ts';
import { processTold } from './process.ts';

export const entryState = z.enum(['fresh', 'stale', 'invalid', 'absent']);
export type EntryState = z.infer<typeof entryState>;

/** Where an answer came from, and under which label. */
export const readLabel = z.object({
  source: z.enum(['cache', 'origin']),
  status: z.enum(['fresh', 'stale']),
  region: z.string(),
  latency_ms: z.number(),
  /** RFC 3339: when the origin was asked, not when its answer was stored. */
  cached_at: z.string(),
});
export type ReadLabel = z.infer<typeof readLabel>;

export const edgeReadAnswer = readLabel.extend({ success: z.literal(true), data: content });
/** A cached 404 carries the label too, and the version it stands for. */
export const edgeMissingAnswer = readLabel.extend({
  success: z.literal(false),
  error: z.string(),
  code: z.literal('not_found'),
  version: z.int().nonnegative(),
});

export const versionRow = z.object({ key: z.string(), version: z.int(), state: entryState });
export type VersionRow = z.infer<typeof versionRow>;

/**
 * The original EdgeSync's counters, word for word. Latencies in ms; null before the first sample; `hitRatio` in
 * percent.
 */
export const seedMetrics = z.object({
  totalRequests: z.int(),
  cacheHits: z.int(),
  cacheMisses: z.int(),
  staleHits: z.int(),
  hitRatio: z.number(),
  avgLatency: z.number().nullable(),
  p50Latency: z.number().nullable(),
  p95Latency: z.number().nullable(),
  p99Latency: z.number().nullable(),
  minLatency: z.number().nullable(),
  maxLatency: z.number().nullable(),
  totalInvalidations: z.int(),
  eagerInvalidations: z.int(),
  lazyInvalidations: z.int(),
  startTime: z.string(),
  /** ms */
  uptime: z.number(),
});

/** One invalidation on its way through a region. Its times are wall clock, ms since 1970. */
export const appliedInvalidation = z.object({
  /** The event's id; of a record that could not be read one made from its bytes. */
  id: z.string(),
  type: invalidationType,
  target: z.string(),
  /** null of a purge, which carries none. */
  version: z.int().nullable(),
  /** The event's own, or what the region's strategy made of it. */
  mode: invalidationMode,
  /** Where the record is in the log. */
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  /** When the log took the record. */
  recordedAt: z.int(),
  /** When it reached the queue of this region. */
  arrivedAt: z.int(),
  /** The earlier of the two, and the delay in force when it was applied. */
  dueAt: z.int(),
  /** When the cache had it. */
  appliedAt: z.int(),
});
export type AppliedInvalidation = z.infer<typeof appliedInvalidation>;

/** Of the circuit breaker between edge and origin. */
const breakerState = z.enum(['closed', 'open', 'half-open']);

export const edgeMetrics = z.object({
  success: z.literal(true),
  region: z.string(),
  strategy,
  propagationDelayMs: z.number(),
  metrics: seedMetrics,
  /** The last 10 s. */
  window: z.object({
    requests: z.int(),
    hitRatio: z.number().nullable(),
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
  }),
  versions: z.array(versionRow),
  /** Record time by the log's clock to apply by the edge's own, of the event applied last; null before the first. */
  invalidationLagMs: z.number().nullable(),
  /** The invalidations applied last, newest first, at most 20. */
  recent: z.array(appliedInvalidation),
  log: z.object({
    connected: z.boolean(),
    catchingUp: z.boolean(),
    /** How often this process has joined the log: each time it catches up again. */
    joins: z.int().nonnegative().optional(),
    /** Records in the log that this region has not applied; null while the log does not answer. */
    lag: z.int().nullable(),
    /** Per partition the offset applied last; -1 before the first. */
    applied: z.record(z.string(), z.int()),
    queued: z.int(),
    /**
     * ms for which an event has been due that was read and is not applied; above a second nothing is called fresh. Not
     * told by older edges.
     */
    overdueMs: z.int().nonnegative().optional(),
    unreadable: z.int(),
  }),
  fills: z.object({ stored: z.int(), refused: z.record(z.string(), z.int()) }),
  /** Reads that joined a fetch already in flight. */
  coalesced: z.int(),
  /** Lookups that were answered by hot entries, without the cache. Not told by older edges. */
  hotLookups: z.int().optional(),
  originFetches: z.int(),
  /** Of those: how many brought no answer. */
  failedFetches: z.int().optional(),
  /** Of those: how many went past the cache, for it did not answer. */
  readsThrough: z.int().optional(),
  /** 0: what is called fresh has no bound. Not told by a purger, nor by an older edge. */
  freshnessLeaseMs: z.number().optional(),
  /** Left out: there is no lease. */
  lease: z
    .object({
      /** How long an answer may be called fresh without word from the origin. */
      leaseMs: z.int().positive(),
      /** By how much clocks may differ. */
      skewMs: z.int().nonnegative(),
      /** How old the last word from the origin is that took effect in the cache; null: none has. */
      evidenceMs: z.int().nullable(),
      /**
       * The shortest lease that is held under the delay in force. Above `leaseMs` the lease runs out while nothing is
       * wrong.
       */
      leastMs: z.int().positive(),
      heartbeats: z.int().nonnegative(),
      /** Of those: how many had no effect, for they came from the future of this edge's clock. */
      fromFuture: z.int().nonnegative(),
      /**
       * By how much the origin's clock was ahead of this one, at least, when it last answered; negative: behind; null:
       * no answer has told. Not told by older edges.
       */
      originAheadMs: z.int().nullable().optional(),
      /**
       * How long nothing that rests on a clock is called fresh, for the clock was found wrong; 0: it is trusted. Not
       * told by older edges.
       */
      untrustedMs: z.int().nonnegative().optional(),
    })
    .optional(),
  /** Left out: there is none, and the origin is asked whenever it is needed. */
  breaker: z
    .object({
      /** Whether the origin is asked: `closed`, yes; `open`, no; `half-open`, a probe is under way. */
      state: breakerState,
      /** How often it has opened. */
      opened: z.int().nonnegative(),
      /** Calls that failed at once, without the origin. */
      refused: z.int().nonnegative(),
      probes: z.int().nonnegative(),
    })
    .optional(),
  /** Left out: nothing is fetched before it is read. */
  warming: z
    .object({
      /** How often any key may have been gone. */
      rounds: z.int().nonnegative(),
      /** Contents that it has fetched. */
      fetched: z.int().nonnegative(),
      /** And those that the origin did not have any more. */
      missing: z.int().nonnegative(),
      /** Fetches of it that brought no answer. */
      failed: z.int().nonnegative(),
      /** What was there already, or was fetched for a reader. */
      held: z.int().nonnegative(),
      waiting: z.int().nonnegative(),
      underWay: z.int().nonnegative(),
    })
    .optional(),
  /** Not told by an older one. */
  process: processTold.optional(),
});
export type EdgeMetrics = z.infer<typeof edgeMetrics>;

export const edgeHealth = z.object({
  status: z.enum(['ok', 'degraded', 'unavailable']),
  region: z.string(),
  /** `refuses writes`: it answers lookups, and takes neither invalidations nor entries. */
  redis: z.enum(['connected', 'refuses writes', 'disconnected']),
  log: z.enum(['connected', 'disconnected']),
  origin: z.enum(['connected', 'disconnected']),
  /**
   * Whether it has word from the origin that is recent enough to call old entries fresh. Left out: there is no lease.
   */
  lease: z.enum(['held', 'ran out', 'heartbeats from the future', 'clock set back', 'clocks apart']).optional(),
  /** Left out: there is none. */
  breaker: breakerState.optional(),
});
export type EdgeHealth = z.infer<typeof edgeHealth>;

export const PROPAGATION_DELAY_MS_MAX = 600_000;
export const FRESHNESS_LEASE_MS_MAX = 86_400_000;
export const HOT_MS_MAX = 10_000;

/** A fetch of an edge that takes longer counts as failed. Marks must outlive the longest entry by at least this. */
export const FETCH_DEADLINE_MS = 2_000;

/** The longest interval between two probes of an origin that does not answer. */
export const PROBE_MS_MAX = 2_000;
/** For so long after a probe is due the breaker waits for one. Then it is closed: nobody has asked for a while. */
export const BREAKER_FORGETS_MS = 1_000;

/** Body of `PUT /admin/config`. */
export const edgeConfigChange = z.strictObject({
  propagationDelayMs: z.int().min(0).max(PROPAGATION_DELAY_MS_MAX).optional(),
  strategy: strategy.optional(),
  /** 0: without a bound. */
  freshnessLeaseMs: z.int().min(0).max(FRESHNESS_LEASE_MS_MAX).optional(),
});
export type EdgeConfigChange = z.infer<typeof edgeConfigChange>;

/** What `GET` and `PUT /admin/config` answer. */
export const edgeConfigAnswer = z.object({
  success: z.literal(true),
  /** Without a lease where whoever answers calls nothing fresh: the purger of another cache. */
  data: z.object({ propagationDelayMs: z.number(), strategy, freshnessLeaseMs: z.number().optional() }),
});

export type EdgeConfig = z.infer<typeof edgeConfigAnswer>['data'];

/** What `GET /admin/entries` answers. */
export const edgeEntriesAnswer = z.object({ success: z.literal(true), data: z.array(versionRow) });
