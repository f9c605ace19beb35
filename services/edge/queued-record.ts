/** A log record as the edge waits to apply it: what it says, when it falls due, what it becomes in the cache. */
import { createHash } from 'node:crypto';
import type { LogRecord } from '../log/log.ts';
import type { AppliedInvalidation } from '../protocol/edge-api.ts';
import { parseUnmarked, type Unmarked } from '../protocol/heartbeat.ts';
import {
  type InvalidationEvent,
  type InvalidationMode,
  modeOf,
  parseInvalidation,
  type Strategy,
  TARGET_ALL,
} from '../protocol/invalidation.ts';
import type { Application, Mark, Position } from './cache/cache.ts';

export interface QueuedRecord {
  readonly record: LogRecord;
  /** undefined: the record cannot be read, or leaves no mark. */
  readonly event: InvalidationEvent | undefined;
  /** Of a record that leaves no mark, or of several in a row: the last of them. Left out: it leaves one. */
  readonly unmarked?: (Unmarked & { /** How many. */ readonly records: number }) | undefined;
  /** Wall time at which it was queued. */
  readonly arrivedAt: number;
  /** min(record time, arrival), on the monotonic clock. */
  readonly sinceMs: number;
  /** Offset of the record before in its partition; -1 when read from the log's start. */
  readonly previous: number;
}

/** What a record says. */
export function parseRecord({ value }: LogRecord): Pick<QueuedRecord, 'event' | 'unmarked'> {
  const event = parseInvalidation(value);
  const unmarked = event === undefined ? parseUnmarked(value) : undefined;
  return unmarked === undefined ? { event } : { event, unmarked: { ...unmarked, records: 1 } };
}

/**
 * Two records in a row that leave no mark are as good as the second, read behind what was before the first. A heartbeat
 * counts until the next.
 */
export function merged(first: QueuedRecord, second: QueuedRecord): QueuedRecord {
  const records = (first.unmarked?.records ?? 0) + (second.unmarked?.records ?? 0);
  return { ...second, previous: first.previous, unmarked: { beat: second.unmarked?.beat ?? first.unmarked?.beat, records } };
}

/** A record that was read and is not applied. */
export interface Owed {
  readonly offset: number;
  /** min(record time, arrival), on the monotonic clock. */
  readonly sinceMs: number;
}

/** The mode is the event's own; without one, the region's strategy decides when it is applied. */
function modeIn(strategy: Strategy, event: InvalidationEvent | undefined): InvalidationMode {
  return event?.mode ?? modeOf(strategy);
}

export function toApplication({ record, event, previous }: QueuedRecord, strategy: Strategy, generation?: string): Application {
  return { mark: toMark(strategy, event), position: positionOf({ record, event }), previous, generation };
}

export function positionOf({ record, event }: Pick<QueuedRecord, 'record' | 'event'>): Position {
  return { partition: record.partition, offset: record.offset, id: identityOf(record, event), time: record.time };
}

export interface ApplyTimes {
  /** The propagation delay in force when the cache was asked. */
  readonly delayMs: number;
  readonly appliedAt: number;
}

/** What `/metrics` says of a record this region has applied. */
export function toApplied({ record, arrivedAt }: QueuedRecord, { mark, position }: Application, times: ApplyTimes): AppliedInvalidation {
  const { type, target, version = null, mode } = mark;
  const { id, partition, offset } = position;
  const dueAt = Math.min(record.time, arrivedAt) + times.delayMs;
  const event = { id, type, target, version, mode, partition, offset } as const;
  return { ...event, recordedAt: record.time, arrivedAt, dueAt, appliedAt: times.appliedAt };
}

/** What the log line of an edge says of it. */
export function toLine({ id, type, target, version, mode, partition, offset, recordedAt, appliedAt }: AppliedInvalidation): object {
  return { id, type, target, version, mode, partition, offset, lagMs: appliedAt - recordedAt };
}

/** Whether this is the record that was applied at the position: a log made anew has another one there. */
export function isRecordAt(position: Position, record: LogRecord): boolean {
  return (
    record.offset === position.offset &&
    record.time === position.time &&
    identityOf(record, parseInvalidation(record.value)) === position.id
  );
}

/** A record that cannot be read might have been for anything: it counts as all. */
function toMark(strategy: Strategy, event: InvalidationEvent | undefined): Mark {
  const mode = modeIn(strategy, event);
  if (event === undefined) return { type: 'all', target: TARGET_ALL, mode };
  const mark = { type: event.type, target: event.target, mode };
  return event.version === undefined ? mark : { ...mark, version: event.version };
}

/** What tells one record from another at the same offset of another log. */
function identityOf(record: LogRecord, event: InvalidationEvent | undefined): string {
  return event?.id ?? createHash('sha256').update(record.value).digest('hex').slice(0, 32);
}
