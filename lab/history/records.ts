/**
 * What a history is made of: one schema for each kind of record. The same shapes are held in memory, judged by the
 * checks, and written to `history.ndjson` (`record-kinds.ts`, `history-lines.ts`).
 *
 * `ok`: answered. `fail`: certainly had no effect. `unknown`: may have happened, now or later; undefined: not ended
 * yet. Times are ms on one monotonic clock, from the run's start.
 */
import { z } from 'zod';
import { invalidationMode, invalidationType, strategy } from '../../services/protocol/invalidation.ts';
import type { Effect } from '../faults/fault.ts';
import { phase } from '../report/events.ts';
import type { ConcreteTarget } from '../system/target.ts';

const ms = z.number();
/** Nothing of a run is before its start, but what was in force then, and what other clocks say. */
const runMs = ms.nonnegative();
const outcome = z.enum(['ok', 'fail', 'unknown']);
export type Outcome = z.infer<typeof outcome>;

const base = {
  /** Its place in the history. */
  id: z.int().nonnegative(),
  phase,
  /**
   * `lab-3`: one slot of the workload. Its content's id may change when it is deleted and made again. Empty: read
   * before it is in one.
   */
  slot: z.string(),
  /** When the plan had it, where it was sent later. */
  dueMs: runMs.optional(),
  startMs: runMs,
  endMs: runMs.optional(),
  outcome: outcome.optional(),
  error: z.string().optional(),
};

const answer = {
  /** 0 for a 404 of an id never created, the deletion's version for a deleted one. Of a write: the version it made. */
  version: z.int().nonnegative().optional(),
  found: z.boolean().optional(),
  source: z.enum(['cache', 'origin']).optional(),
  status: z.enum(['fresh', 'stale']).optional(),
  /**
   * When the origin was asked for it, by the edge's wall clock (`wall-clock.ts`): no time of the run's before it is
   * read as one.
   */
  cachedMs: ms.optional(),
  /** The cache did not answer, and the origin was asked past it. Not known of older histories. */
  bypassed: z.literal(true).optional(),
  /** The operation that wrote the body; null for a body that is not the workload's. */
  writer: z.int().nonnegative().nullable().optional(),
};

const writeOperation = z.strictObject({
  ...base,
  kind: z.enum(['create', 'update', 'delete']),
  /** Cache key; undefined until a create is answered. */
  key: z.string().optional(),
  /** The content's own tag after it, where that is not the one of its slot (`load/slots.ts`). */
  tag: z.string().optional(),
  version: answer.version,
});

const purgeOperation = z.strictObject({
  ...base,
  kind: z.literal('purge'),
  type: invalidationType,
  target: z.string(),
  mode: invalidationMode,
});

const readOperation = z.strictObject({
  ...base,
  kind: z.literal('read'),
  region: z.string(),
  key: z.string(),
  /** Of the last reads of this key in this region: what it serves after settle. */
  final: z.boolean(),
  ...answer,
});

export const operation = z.discriminatedUnion('kind', [writeOperation, purgeOperation, readOperation]);
export type WriteOperation = Readonly<z.infer<typeof writeOperation>>;
export type PurgeOperation = Readonly<z.infer<typeof purgeOperation>>;
export type ReadOperation = Readonly<z.infer<typeof readOperation>>;
export type Operation = WriteOperation | PurgeOperation | ReadOperation;
/** What changes what is right to answer. */
export type Change = WriteOperation | PurgeOperation;

/** How an operation ended. */
export const ending = z.strictObject({ endMs: runMs, outcome, error: base.error, key: writeOperation.shape.key, ...answer });
export type Ending = Readonly<z.infer<typeof ending>>;

/** What the origin held at the end, per key: read by the lab itself, past every link. */
export const originState = z.strictObject({
  key: z.string(),
  slot: z.string(),
  version: z.int().nonnegative(),
  deleted: z.boolean(),
  /** Nobody could ask it: it is what was written there. Left out: it was asked. */
  isAssumed: z.literal(true).optional(),
});
export type OriginState = Readonly<z.infer<typeof originState>>;

/** The propagation delay of a region from a moment on. The first of a region is at 0. */
export const delayChange = z.strictObject({ region: z.string(), atMs: runMs, delayMs: runMs });
export type DelayChange = Readonly<z.infer<typeof delayChange>>;

/** The strategy of a region from a moment on. The first of a region is at 0. Not known of older histories. */
export const strategyChange = z.strictObject({ region: z.string(), atMs: runMs, strategy });
export type StrategyChange = Readonly<z.infer<typeof strategyChange>>;
/** Which process something is told of: `lab`, `services` (all of them in one), or a node. */
const processName = z.string();

/** The lab or its services stood still: something that was due at `dueMs` ran `lateMs` later. */
export const stall = z.strictObject({
  dueMs: ms,
  lateMs: ms,
  /** Left out: `lateMs`. More where several things in a row were late, together by `lateMs`. */
  overMs: ms.optional(),
  /** Not known of older histories. */
  of: processName.optional(),
});
export type Stall = Readonly<z.infer<typeof stall>>;

/** Linux: how a process fared with the processors until `atMs`, over `overMs`. Not known of older histories. */
export const pressure = z.strictObject({
  of: processName,
  atMs: ms,
  overMs: ms,
  /** For how long it was ready to run and none was free. */
  waitedMs: ms,
  /** For how long some task of the whole machine had to wait, and for how long all of them: told by the lab. */
  someMs: ms.optional(),
  fullMs: ms.optional(),
});
export type Pressure = Readonly<z.infer<typeof pressure>>;

/**
 * A service's wall clock said `nowMs` at some moment between `fromMs` and `toMs`. Told like all its times, see
 * `wall-clock.ts`.
 */
export const clockReading = z.strictObject({ fromMs: ms, toMs: ms, nowMs: ms });
export type ClockReading = Readonly<z.infer<typeof clockReading>>;

/** By how much the wall clock has gone on more than the monotonic one, since the run's start. */
export const clockShift = z.strictObject({ atMs: ms, shiftMs: ms });
export type ClockShift = Readonly<z.infer<typeof clockShift>>;

/**
 * Since the sample before, there may have been events that no list showed, none of them later than this by the
 * service's wall clock: more came than a list holds, or the list began anew. Left out: the lists show all. Not known of
 * older histories.
 */
const unlistedToMs = ms.optional();

/** What the origin's metrics said, asked about once a second. */
export const originSample = z.strictObject({
  atMs: runMs,
  pending: z.int().nonnegative(),
  /** Of what was published. */
  unlistedToMs,
  /** Not known of older histories. */
  clock: clockReading.optional(),
});
export type OriginSample = Readonly<z.infer<typeof originSample>>;

/** What an edge's metrics said, asked about once a second. */
export const edgeSample = z.strictObject({
  region: z.string(),
  atMs: runMs,
  /** When the process began, on its own wall clock: its counters begin anew with it. */
  since: z.string(),
  originFetches: z.int().nonnegative(),
  /** Of those, how many were answered and did not go past a cache that was away. Not known of older histories. */
  fetchedForCache: z.int().nonnegative().optional(),
  /**
   * Of those, how many had brought something for the cache, whether or not it was stored. Not known of older histories.
   */
  fills: z.int().nonnegative().optional(),
  /** And how many a cache refused to store. Not known of older histories. */
  refused: z.int().nonnegative().optional(),
  /** Records in the log it had not applied; null while the log did not answer. */
  lag: z.int().nullable(),
  /** Of those, how many had reached it. */
  queued: z.int().nonnegative(),
  /**
   * Whether it read the log and had caught up with what was there when it last joined it. Not known of older histories.
   */
  caughtUp: z.boolean().optional(),
  /**
   * How old the last word from the origin was that its lease rests on; null: none yet. Not known without a lease, and
   * of older histories.
   */
  evidenceMs: z.int().nullable().optional(),
  /** How often it had joined the log. Not known of older histories. */
  joins: z.int().nonnegative().optional(),
  /** Per partition of the log, the offset applied last. */
  applied: z.record(z.string(), z.int()),
  /** Of what was applied. */
  unlistedToMs,
  /** Not known of older histories. */
  clock: clockReading.optional(),
});
export type EdgeSample = Readonly<z.infer<typeof edgeSample>>;

/** An event that the log took: told by the origin, `sentMs` by its wall clock (`wall-clock.ts`). */
export const published = z.strictObject({ event: z.string(), target: z.string(), version: z.int().nullable(), sentMs: ms });
export type Published = Readonly<z.infer<typeof published>>;

/** An event that a region's cache took: told by its edge, `appliedMs` by its wall clock (`wall-clock.ts`). */
export const applied = z.strictObject({
  event: z.string(),
  region: z.string(),
  target: z.string(),
  version: z.int().nullable(),
  mode: invalidationMode,
  appliedMs: ms,
  /** Where it is in the log. Not known of older histories. */
  partition: z.int().nonnegative().optional(),
  offset: z.int().nonnegative().optional(),
});
export type Applied = Readonly<z.infer<typeof applied>>;

/** When a phase began. */
export const phaseEntered = z.strictObject({ phase, atMs: runMs });
export type PhaseEntered = Readonly<z.infer<typeof phaseEntered>>;

/** What the load was planned to be: from when on, for how long, and how many of each. */
export const loadPlanned = z.strictObject({
  fromMs: runMs,
  durationMs: runMs,
  reads: z.int().nonnegative(),
  writes: z.int().nonnegative(),
  /** A process of its own sent the reads: the load generator. Left out, as of older histories: the lab itself. */
  generated: z.literal(true).optional(),
});
export type LoadPlanned = Readonly<z.infer<typeof loadPlanned>>;

/** A threshold with `abortOnFail` that was crossed and ended the load. */
export const abort = z.strictObject({ metric: z.string(), threshold: z.string(), value: z.number(), samples: z.int(), atMs: runMs });
export type Abort = Readonly<z.infer<typeof abort>>;

/** What only the run itself could judge: the steady state before the faults and after them. */
export const finding = z.strictObject({ check: z.string(), verdict: z.enum(['pass', 'fail', 'unknown']), reason: z.string() });
export type Finding = Readonly<z.infer<typeof finding>>;

/** By how much a fault delays what it does not stop, in ms: `faults/slowing.ts`. */
export const slowing = z.strictObject({ invalidationMs: runMs, fetchMs: runMs, callMs: runMs, isLeast: z.literal(true).optional() });

/** A fault as it was in force, and for how long after its heal its after-effects are excused at most. */
export interface FaultRecord {
  readonly id: string;
  readonly fault: string;
  readonly target: ConcreteTarget;
  /** Just before it acted. */
  readonly injectedMs: number;
  /** When the lab first saw it in effect; undefined: it did not, or the history is an older one. */
  readonly seenMs?: number | undefined;
  /** When its heal began. Not known of older histories. */
  readonly healingMs?: number | undefined;
  /** When it was seen gone; undefined while it is in force. */
  readonly healedMs: number | undefined;
  readonly recoveryAllowanceMs: number;
  /** Of one that slows. Not known of older histories. */
  readonly slows?: z.infer<typeof slowing> | undefined;
  /** Unconfirmed until the world has shown it. */
  readonly effect: Effect;
}

/** What may become known of a fault later. */
export const faultChange = z.strictObject({
  effect: z.enum(['confirmed', 'unconfirmed']).optional(),
  seenMs: ms.optional(),
  healingMs: ms.optional(),
  healedMs: ms.optional(),
});
export type FaultChangeRecord = Readonly<z.infer<typeof faultChange>>;
