/**
 * The steps of a take-up that ask the cache and the log. Other edges of the region may do the same meanwhile, and go on
 * applying.
 */
import type { InvalidationLog, PartitionBounds } from '../log/log.ts';
import type { Logger } from '../runtime/log.ts';
import type { EdgeCache, TakenUp } from './cache/cache.ts';
import { isElsewhere, isUnproven, unreadBefore } from './places.ts';

export interface TakeUpPorts {
  readonly region: string;
  readonly cache: EdgeCache;
  readonly log: InvalidationLog;
  readonly logger: Logger;
}

type Bounds = readonly PartitionBounds[];

/**
 * What lies beyond the end may have been appended, and applied by another edge, since the bounds were asked for: they
 * are asked for again.
 */
export async function isOtherLog({ log }: TakeUpPorts, bounds: Bounds, { positions }: TakenUp): Promise<boolean> {
  return isElsewhere(bounds, positions) && isElsewhere(await log.bounds(), positions);
}

/** undefined: another edge has forgotten it. */
export async function forgetLog({ cache, logger, region }: TakeUpPorts, { generation }: TakenUp): Promise<TakenUp | undefined> {
  logger.warn({ region }, 'the log is another one: starting over, everything is invalid');
  const next = await cache.forgetLog(generation);
  return next === undefined ? undefined : { generation: next, positions: new Map() };
}

/**
 * Where nothing says which log a place is of, everything is made invalid, for the log has been asked where it ends.
 * Answers whether it was.
 */
export async function flushUnproven({ cache }: TakeUpPorts, bounds: Bounds, { positions }: TakenUp): Promise<boolean> {
  if (!isUnproven(bounds, positions)) return false;
  await cache.flush();
  return true;
}

/**
 * What need not be read, or was dropped unread, counts as an invalidation of all. undefined: another edge has forgotten
 * the log.
 */
export async function applyUnread({ cache }: TakeUpPorts, bounds: Bounds, taken: TakenUp): Promise<TakenUp | undefined> {
  const { generation, positions } = taken;
  const unread = unreadBefore(bounds, positions).map((application) => ({ ...application, generation }));
  if (unread.length === 0) return taken;
  if ((await cache.apply(unread)).includes('other-log')) return undefined;
  const places = unread.map(({ position }) => [position.partition, position] as const);
  return { generation, positions: new Map([...positions, ...places]) };
}
