/** The ten steps of a write, each with the file that does it and when it was, by the times the services stamped. */
import type { PublishedInvalidation } from '../../services/protocol/origin-api.ts';
import type { WorldRegion } from '../worlds/world.ts';
import type { TraceClocks } from './trace-clocks.ts';
import type { TraceStep } from './trace-schema.ts';
import { isShown, type RegionSight } from './trace-watch.ts';

export interface Sighted {
  readonly id: number;
  readonly before: number;
  readonly sentAt: number;
  readonly judgedAt: number;
  readonly regions: readonly WorldRegion[];
  readonly published: PublishedInvalidation | undefined;
  readonly sights: readonly RegionSight[];
  readonly clocks: TraceClocks;
}

export interface TraceSteps {
  readonly steps: readonly TraceStep[];
  /** The log took the event, by its clock, before it was sent or after it had arrived. */
  readonly isLogOff: boolean;
}

interface Way {
  readonly createdMs: number | null;
  readonly claimedMs: number | null;
  readonly sentMs: number | null;
  readonly recordedMs: number | null;
  readonly isLogOff: boolean;
}

export function toSteps(sighted: Sighted): TraceSteps {
  const { id, before, sentAt, judgedAt, regions, sights, clocks } = sighted;
  const way = wayOf(sighted);
  const inEach = (whenMs: (sight: RegionSight, region: string) => number | undefined) =>
    Object.fromEntries(
      regions.map(({ region }, at) => {
        const sight = sights[at];
        return [region, (sight && whenMs(sight, region)) ?? null];
      }),
    );
  const stamped = (region: string, at: number | undefined) =>
    at === undefined ? undefined : at - sentAt - clocks.aheadMs(`edge:${region}`);
  const dueMs = ({ applied }: RegionSight, region: string) => {
    const [arrived, due, done] = [applied?.arrivedAt, applied?.dueAt, applied?.appliedAt].map((at) => stamped(region, at));
    // It is counted from the log's time or the edge's own, whichever is earlier, and what that is worth between two
    // clocks is not known.
    const isOther = way.isLogOff || clocks.aheadMs(`edge:${region}`) !== 0;
    if (isOther && arrived !== undefined && due !== undefined && done !== undefined) return Math.min(done, Math.max(arrived, due));
    return due;
  };
  const path = `/api/content/${id}`;
  const steps: Omit<TraceStep, 'step'>[] = [
    { name: `PUT ${path}`, file: 'services/origin/routes.ts', ms: 0 },
    { name: 'row + outbox row', file: 'services/origin/contents.ts', ms: way.createdMs },
    { name: 'claim in order', file: 'services/origin/outbox.ts', ms: way.claimedMs },
    { name: 'publish, then mark sent', file: 'services/origin/relay.ts', ms: way.sentMs },
    {
      name: 'cache.invalidation',
      file: 'services/log',
      ms: way.recordedMs,
      regions: inEach(({ applied }, region) => stamped(region, applied?.arrivedAt)),
    },
    { name: 'due = record time + delay', file: 'services/edge/partition-queue.ts', regions: inEach(dueMs) },
    {
      name: 'apply with its offset',
      file: 'services/edge/cache',
      regions: inEach(({ applied }, region) => stamped(region, applied?.appliedAt)),
    },
    {
      name: `GET ${path}`,
      file: 'services/edge/reader.ts',
      regions: inEach(({ reads }) => sinceSent(reads.find((read) => isShown(read, before))?.endedAt, sentAt)),
    },
    { name: 'counters, versions', file: 'services/edge/metrics.ts', regions: inEach(({ listedAt }) => sinceSent(listedAt, sentAt)) },
    { name: 'history -> verdict -> view', file: 'lab, cli', ms: judgedAt - sentAt },
  ];
  return { steps: steps.map((step, at) => ({ step: at + 1, ...step })), isLogOff: way.isLogOff };
}

function sinceSent(at: number | undefined, sentAt: number): number | undefined {
  return at === undefined ? undefined : at - sentAt;
}

/**
 * From the origin into the log. What the log stamped by a clock of its own stands between what came before and what
 * came after.
 */
function wayOf({ sentAt, regions, published, sights, clocks }: Sighted): Way {
  const stamped = (of: string, at: number | undefined) => (at === undefined ? null : at - sentAt - clocks.aheadMs(of));
  const claimedMs = stamped('origin', published?.claimedAt);
  const raw = sinceSent(sights.find(({ applied }) => applied !== undefined)?.applied?.recordedAt, sentAt);
  const arrivedMs = regions.flatMap(({ region }, at) => stamped(`edge:${region}`, sights[at]?.applied?.arrivedAt) ?? []);
  const [least, most] = [claimedMs ?? Number.NEGATIVE_INFINITY, Math.min(...arrivedMs)];
  const recordedMs = raw === undefined ? null : Math.max(least, Math.min(most, raw));
  return {
    createdMs: stamped('origin', published?.createdAt),
    claimedMs,
    sentMs: stamped('origin', published?.sentAt),
    recordedMs,
    isLogOff: raw !== undefined && recordedMs !== null && Math.abs(raw - recordedMs) > LOG_OFF_MS,
  };
}

/** Within it, clocks that are the same may differ by their rounding, and by what bounds leave open. */
const LOG_OFF_MS = 20;

export function isSeen({ ms, regions = {} }: TraceStep): boolean {
  return ms !== null && !Object.values(regions).includes(null);
}
