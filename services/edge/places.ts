/**
 * Where each partition is read on from: what the cache says that it applied there, against what the log holds now.
 *
 * A cache that has no position at all (it is new, it came back empty, or it belongs to another log) need not hear what
 * the log holds: nobody has to read a day of heartbeats before anything is fresh. The log is asked where it ends;
 * *then* everything is made invalid, hard; then the last record of each partition is the first to be read. Whatever
 * lies before it was committed at the origin before any fetch that can still be stored. (Rule A-8 of the lease, walked
 * in cli/tools/model.)
 *
 * Where nothing was applied yet and the log begins above 0, it has dropped records that nobody here has seen. They
 * might have been for anything: they count as an invalidation of all, hard, applied at the place before the log's
 * start. That place is no record's, so it has no identity; it stands as long as the log begins right after it. So the
 * next start knows that nothing more is missing.
 *
 * A place without a record within the log may be one that another edge of the region has just put there, or be of
 * another log. Either way everything is made invalid, after the log was asked where it ends, and reading goes on from
 * there: the same argument. (To forget the log would take the place from the other edge, which would do the same.)
 */
import type { PartitionBounds } from '../log/log.ts';
import { TARGET_ALL } from '../protocol/invalidation.ts';
import type { Application, Position } from './cache/cache.ts';

type Stored = ReadonlyMap<number, Position>;

const NO_RECORD = { id: '', time: 0 } as const;
const FROM_THE_START = -1;

/** A record was applied at the position: it is read again, to see whether the log is the one it was. */
export function hasRecord(position: Position): boolean {
  return position.id !== NO_RECORD.id;
}

/** Whether a stored position cannot belong to this log, or what comes after it has been dropped. */
export function isElsewhere(bounds: readonly PartitionBounds[], stored: Stored): boolean {
  return bounds.some(({ partition, start, end }) => {
    const position = stored.get(partition);
    if (position === undefined) return false;
    if (hasRecord(position)) return position.offset < start || position.offset >= end;
    return position.offset + 1 < start || position.offset + 1 > end;
  });
}

/** Whether a place without a record is not right before the log's start: then nothing says which log it is of. */
export function isUnproven(bounds: readonly PartitionBounds[], stored: Stored): boolean {
  return bounds.some(({ partition, start }) => {
    const position = stored.get(partition);
    return position !== undefined && !hasRecord(position) && position.offset + 1 !== start;
  });
}

/**
 * For a cache, asked after the bounds were: what stands for all that it need not read, or that the log has dropped
 * before it did.
 */
export function unreadBefore(bounds: readonly PartitionBounds[], stored: Stored): readonly Application[] {
  if (stored.size > 0) return droppedBefore(bounds, stored);
  return bounds.flatMap(({ partition, start, end }) => allBefore(partition, Math.max(start, end - 1)));
}

/** What the log dropped before anything of a partition was applied. */
export function droppedBefore(bounds: readonly PartitionBounds[], stored: Stored): readonly Application[] {
  return bounds.flatMap(({ partition, start }) => (stored.has(partition) ? [] : allBefore(partition, start)));
}

function allBefore(partition: number, next: number): readonly Application[] {
  if (next === 0) return [];
  const position = { partition, offset: next - 1, ...NO_RECORD };
  return [{ mark: { type: 'all', target: TARGET_ALL, mode: 'hard' }, position, previous: FROM_THE_START }];
}

/** The record of the position itself, if there is one; else what comes after it. */
export function readFrom(position: Position | undefined, start: number): number {
  if (position === undefined) return start;
  return hasRecord(position) ? position.offset : position.offset + 1;
}
