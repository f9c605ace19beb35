/** The steps of a take-up that ask the cache and the log. Other edges of the region may do the same meanwhile, and go on applying. */
import type { InvalidationLog, PartitionBounds } from '../log/log.ts';
import type { Logger } from '../runtime/log.ts';
import type { EdgeCache, TakenUp } from './cache/cache.ts';
import { droppedBefore, isElsewhere } from './places.ts';

export interface TakeUpPorts {
  readonly region: string;
  readonly cache: EdgeCache;
  readonly log: InvalidationLog;
  readonly logger: Logger;
}

type Bounds = readonly PartitionBounds[];

/** What lies beyond the end may have been appended, and applied by another edge, since the bounds were asked for: they are asked for again. */
export async function isOtherLog({ log }: TakeUpPorts, bounds: Bounds, { positions }: TakenUp): Promise<boolean> {
  return isElsewhere(bounds, positions) && isElsewhere(await log.bounds(), positions);
}

/** undefined: another edge has forgotten it. */
export async function forgetLog({ cache, logger, region }: TakeUpPorts, { generation }: TakenUp): Promise<TakenUp | undefined> {
  logger.warn({ region }, 'the log is another one: starting over, everything is invalid');
  const next = await cache.forgetLog(generation);
  return next === undefined ? undefined : { generation: next, positions: new Map() };
}

/** What the log dropped unread counts as an invalidation of all. undefined: another edge has forgotten the log. */
export async function applyDropped({ cache }: TakeUpPorts, bounds: Bounds, taken: TakenUp): Promise<TakenUp | undefined> {
  const { generation, positions } = taken;
  const dropped = droppedBefore(bounds, positions).map((application) => ({ ...application, generation }));
  if (dropped.length === 0) return taken;
  if ((await cache.apply(dropped)).includes('other-log')) return undefined;
  const places = dropped.map(({ position }) => [position.partition, position] as const);
  return { generation, positions: new Map([...positions, ...places]) };
}
