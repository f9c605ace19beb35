/**
 * A log and a cache that say where to read on from as a broken edge would: the identity of what was applied is not
 * asked for, and what lies before the place does not seem to be in the log. (Otherwise the protocol sees that something
 * is missing and starts over.)
 */
import type { Application, ApplyOutcome, EdgeCache, Passage, TakenUp } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from '../../services/edge/cache/decorated.ts';
import type { InvalidationLog, LogSubscriber, LogSubscription, PartitionBounds } from '../../services/log/log.ts';
import { DecoratedLog } from './decorated-log.ts';

/** The offset to read on from. `stored`: the one applied last; undefined before the first. */
export type ResumeFrom = (stored: number | undefined, bounds: PartitionBounds) => number;

const FROM_THE_START = -1;

class ForgetfulCache extends DecoratedCache {
  #starts: readonly PartitionBounds[] = [];

  /** Where the log seems to begin. */
  seem(starts: readonly PartitionBounds[]): void {
    this.#starts = starts;
  }

  /** Nothing was read, and nothing seems to be missing before the start. */
  override async takeUp(): Promise<TakenUp> {
    const { generation } = await this.cache.takeUp();
    const positions = this.#starts.map(({ partition, start }) => [partition, { partition, offset: start - 1, id: '', time: 0 }] as const);
    return { generation, positions: new Map(positions) };
  }

  override apply(batch: readonly Application[]): Promise<readonly ApplyOutcome[]> {
    return this.cache.apply(batch.map((application) => ({ ...application, previous: FROM_THE_START })));
  }

  override pass(passage: Passage): Promise<ApplyOutcome> {
    return this.cache.pass({ ...passage, previous: FROM_THE_START });
  }
}

class ResumedLog extends DecoratedLog {
  readonly #cache: EdgeCache;
  readonly #forgetful: ForgetfulCache;
  readonly #resumeFrom: ResumeFrom;

  constructor(ports: { readonly log: InvalidationLog; readonly cache: EdgeCache }, forgetful: ForgetfulCache, resumeFrom: ResumeFrom) {
    super(ports.log);
    this.#cache = ports.cache;
    this.#forgetful = forgetful;
    this.#resumeFrom = resumeFrom;
  }

  override subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    return this.log.subscribe({
      group: subscriber.group,
      ...(subscriber.closing === undefined ? {} : { closing: subscriber.closing }),
      onAssigned: async (bounds) => subscriber.onAssigned(await this.#resumed(bounds)),
      onRecords: (partition, records) => subscriber.onRecords(partition, records),
    });
  }

  override async bounds(): Promise<readonly PartitionBounds[]> {
    return this.#resumed(await this.log.bounds());
  }

  async #resumed(bounds: readonly PartitionBounds[]): Promise<readonly PartitionBounds[]> {
    const { positions: stored } = await this.#cache.takeUp();
    const resumed = bounds.map((bound) => {
      const start = this.#resumeFrom(stored.get(bound.partition)?.offset, bound);
      return { ...bound, start: Math.min(bound.end, Math.max(bound.start, start)) };
    });
    this.#forgetful.seem(resumed);
    return resumed;
  }
}

export function resuming<Ports extends { readonly cache: EdgeCache; readonly log: InvalidationLog }>(
  ports: Ports,
  resumeFrom: ResumeFrom,
): Ports {
  const cache = new ForgetfulCache(ports.cache);
  return { ...ports, cache, log: new ResumedLog(ports, cache, resumeFrom) };
}
