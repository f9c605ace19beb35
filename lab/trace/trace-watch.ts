/**
 * What a trace sees of one write: at the origin and in each region, asked again until it is seen, the deadline, or the
 * end.
 *
 * What the services stamped they tell afterwards as well: only the reads go on while the write is under way, so that
 * the asking is not what it waits for.
 */

import type { AppliedInvalidation } from '../../services/protocol/edge-api.ts';
import type { PublishedInvalidation } from '../../services/protocol/origin-api.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Clients } from '../system/clients.ts';
import { type EdgeRead, need } from '../system/edges/edge.ts';
import { undefinedWhenUnanswered } from '../system/transport.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { TraceClocks } from './trace-clocks.ts';

const POLL_MS = 5;

export interface WatchOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  /** Hears what the services' clocks say. */
  readonly clocks: TraceClocks;
  readonly id: number;
  readonly key: string;
  /** The version before the write. */
  readonly before: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** One read, by the lab's wall clock, in ms since 1970. */
export interface TimedRead extends EdgeRead {
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface RegionSight {
  readonly applied: AppliedInvalidation | undefined;
  readonly reads: readonly TimedRead[];
  /** When `/metrics` was first seen to list the new version. */
  readonly listedAt: number | undefined;
}

/** undefined when not seen by the deadline, or before the signal. A service that does not answer has not been seen. */
export async function untilSeen<T>(
  { clock, deadlineMs, signal }: Pick<WatchOptions, 'clock' | 'deadlineMs' | 'signal'>,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const endsMs = clock.monotonicMs() + deadlineMs;
  while (!signal.aborted && clock.monotonicMs() < endsMs) {
    const seen = await look().catch(undefinedWhenUnanswered);
    if (seen !== undefined) return seen;
    await sleep(clock, POLL_MS, signal);
  }
  return undefined;
}

export function watchOrigin(options: WatchOptions): Promise<PublishedInvalidation | undefined> {
  const { clients, clock, clocks, key, before, signal } = options;
  return untilSeen(options, async () => {
    const askedAt = clock.now();
    const { published, process } = await clients.originMetrics(signal);
    clocks.saw('origin', process, { askedAt, answeredAt: clock.now() });
    // The first time: a relay that could not mark it as sent publishes it again.
    return published.findLast(({ target, version }) => target === key && version === before + 1);
  });
}

/** Reads until the new version is shown, then asks `/metrics` until it is listed; once only when it was not shown. */
export async function watchRegion(options: WatchOptions, { region }: WorldRegion): Promise<RegionSight> {
  const { clients, clock, clocks, id, key, before, signal } = options;
  const reads: TimedRead[] = [];
  const shown = await untilSeen(options, async () => {
    const startedAt = clock.now();
    const read = await clients.edge(region).read(id);
    reads.push({ ...read, startedAt, endedAt: clock.now() });
    return isShown(read, before) || undefined;
  });
  let applied: AppliedInvalidation | undefined;
  const look = async () => {
    const askedAt = clock.now();
    const { recent, versions, process } = await need(clients.edge(region), 'metrics')(signal);
    clocks.saw(`edge:${region}`, process, { askedAt, answeredAt: clock.now() });
    applied = recent.find(({ target, version }) => target === key && version === before + 1);
    const isListed = versions.some((row) => row.key === key && row.version > before);
    return applied !== undefined && isListed ? clock.now() : undefined;
  };
  const listedAt = shown ? await untilSeen(options, look) : await look().catch(undefinedWhenUnanswered);
  return { applied, reads, listedAt };
}

/** The region serves what was written, and calls it fresh. */
export function isShown({ version, status }: EdgeRead, before: number): boolean {
  return version > before && status === 'fresh';
}
