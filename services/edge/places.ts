/**
 * Where each partition is read on from: what the cache says that it applied there, against what the log holds now.
 *
 * Where nothing was applied yet and the log begins above 0, it has dropped records that nobody here has seen. They might have been for
 * anything: they count as an invalidation of all, hard, applied at the place before the log's start. That place is no record's,
 * so it has no identity; it stands as long as the log begins right after it. So the next start knows that nothing more is missing.
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
    return hasRecord(position) ? position.offset < start || position.offset >= end : position.offset + 1 !== start;
  });
}

/** What the log dropped before anything of a partition was applied. */
export function droppedBefore(bounds: readonly PartitionBounds[], stored: Stored): readonly Application[] {
  const unseen = bounds.filter(({ partition, start }) => start > 0 && !stored.has(partition));
  return unseen.map(({ partition, start }) => ({
    mark: { type: 'all', target: TARGET_ALL, mode: 'hard' },
    position: { partition, offset: start - 1, ...NO_RECORD },
    previous: FROM_THE_START,
  }));
}

/** The record of the position itself, if there is one. */
export function readFrom(position: Position | undefined, start: number): number {
  return position !== undefined && hasRecord(position) ? position.offset : start;
}
