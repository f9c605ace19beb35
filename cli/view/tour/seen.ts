/** What of an act of the tour is to be seen in the live figures, in sentences with numbers. undefined: not yet. */

import { plural } from '../../../lab/input/plural.ts';
import type { RaceRun } from '../../../lab/live/protocol.ts';
import { delayText, msText, percentText, plain } from '../draw/format.ts';
import type { ViewState } from '../state/state.ts';
import { type VersionView, versionRows } from '../state/version-rows.ts';
import type { Begun, RegionState } from '../state/watched.ts';
import type { Regions } from './step.ts';

type Seen = (state: ViewState, begun: Begun, regions: Regions) => readonly string[] | undefined;

/** The write of the key, once every region has applied it. */
export const delays: Seen = ({ regions, written }, begun) => {
  const own = written.find(({ t }) => t >= begun.nowMs);
  const [first] = regions;
  const event = first?.seen.metrics?.recent.find(
    ({ id, target, version }) =>
      target === own?.key && version === own.version && regions.every((region) => appliedIn(region, id) !== undefined),
  );
  if (event === undefined) return undefined;
  const parts = regions.map((region) => {
    const applied = appliedIn(region, event.id);
    return `${plain(region.region)} after ${delayText((applied?.appliedAt ?? 0) - event.recordedAt)}`;
  });
  return [`version ${event.version} of ${plain(event.target)} was applied in ${parts.join(', ')}, from the log's clock to theirs.`];
};

function appliedIn({ seen }: RegionState, id: string) {
  return seen.metrics?.recent.find((applied) => applied.id === id);
}

const STRATEGY_MS_MIN = 2_500;

/** What the burst cost each region, once the slowest has had the time for it. */
export const strategies: Seen = ({ regions, nowMs }, begun) => {
  if (nowMs - begun.nowMs < STRATEGY_MS_MIN || regions.some(({ seen }) => (seen.metrics?.log.lag ?? 1) > 0)) return undefined;
  return regions.map(({ region, seen }, at) => {
    const grown = (counterOf: (metrics: NonNullable<typeof seen.metrics>) => number) => {
      const before = begun.regions[at]?.seen.metrics;
      return seen.metrics === undefined || before === undefined ? 0 : Math.max(0, counterOf(seen.metrics) - counterOf(before));
    };
    const [stale, misses] = [grown(({ metrics }) => metrics.staleHits), grown(({ metrics }) => metrics.cacheMisses)];
    return `${plain(region)}, ${seen.metrics?.strategy}: ${plural(misses, 'reader')} waited for the origin, ${stale} got the old version, labelled stale.`;
  });
};

function rowsOf(state: ViewState, region: string): readonly VersionView[] {
  return versionRows(state.keys, state.origin.metrics, state.regions.find((known) => known.region === region)?.seen.metrics);
}

export const behind: Seen = (state, _begun, { cut }) => {
  const [worst] = rowsOf(state, cut)
    .filter((row) => row.behind > 0)
    .toSorted((one, other) => other.behind - one.behind);
  const isCut = state.faults.some(({ fault, state: standing }) => fault === 'partition' && standing === 'inForce');
  if (worst === undefined || !isCut) return undefined;
  return [
    `${plain(cut)} serves version ${worst.here} of ${plain(worst.key)}, the origin has ${worst.origin}: ${worst.behind} behind.`,
    'It labels old versions fresh, because it cannot know of the changes; the other regions go on as before.',
  ];
};

/**
 * Whether a region calls nothing fresh that is older than what the origin held when the key was pressed. Writes since
 * then do not count.
 */
function hasReached(state: ViewState, region: string, { origin }: Begun): boolean {
  const then = new Map(origin.metrics?.versions.map(({ key, version }) => [key, version]));
  return rowsOf(state, region).every((row) => row.state !== 'fresh' || row.isDeleted || (row.here ?? 0) >= (then.get(row.key) ?? 0));
}

/** It has been cut off for longer than its lease, and calls nothing old fresh. */
export const leased: Seen = (state, begun, { cut }) => {
  const lease = state.regions.find(({ region }) => region === cut)?.seen.metrics?.lease;
  const hasRunOut = lease !== undefined && (lease.evidenceMs === null || lease.evidenceMs > lease.leaseMs);
  if (!hasRunOut || !hasReached(state, cut, begun)) return undefined;
  const old = rowsOf(state, cut).filter(({ behind: versions }) => versions > 0).length;
  const rest = old === 0 ? 'Reads have fetched the new versions' : `${plural(old, 'old entry is', 'old entries are')} labelled stale`;
  return [`${plain(cut)} labels no old version fresh any more, though it hears of no change. ${rest}; nobody waited for a fetch.`];
};

const LAG_MAX = 3;

function isLevel(state: ViewState, region: string, begun: Begun): boolean {
  const log = state.regions.find((known) => known.region === region)?.seen.metrics?.log;
  return log?.connected === true && !log.catchingUp && (log.lag ?? LAG_MAX + 1) <= LAG_MAX && hasReached(state, region, begun);
}

export const level: Seen = (state, begun, { cut }) => {
  if (state.faults.length > 0 || !isLevel(state, cut, begun)) return undefined;
  const tookMs = state.nowMs - begun.nowMs;
  return [
    `${plain(cut)} has caught up, ${msText(tookMs)} after the key. It continued from the offset that it had stored, so no invalidation was lost.`,
  ];
};

export const verdicts: Seen = ({ race }, begun) => {
  if (race === undefined || race === begun.race) return undefined;
  return [
    `without the fence (${race.mutant}): ${verdictText(race.broken)}`,
    `the real protocol: ${verdictText(race.real)}`,
    `The same scenario, load and seed ${race.seed}, in virtual time: both took ${delayText(race.tookMs)}.`,
  ];
};

function verdictText({ verdict, failed, reads }: RaceRun): string {
  // One that found only what another check tells already has none of its own.
  const found = failed
    .filter(({ anomalies }) => anomalies > 0)
    .map(({ check, anomalies }) => `${anomalies} ${check}`)
    .join(', ');
  return `${verdict.toUpperCase()}, ${plural(reads, 'read')}${found === '' ? ', nothing found.' : `: ${found}.`}`;
}

export const oneFetch: Seen = ({ stampede }, begun) => {
  if (stampede === undefined || stampede === begun.stampede) return undefined;
  const { region, key, readers, answered, joined, fetches, slowestMs } = stampede;
  const fromCache = answered - joined - fetches;
  const others = fromCache <= 0 ? '' : `, ${plural(fromCache, 'other')} found the content in the cache`;
  return [
    `${readers} readers asked ${plain(region)} for ${plain(key)} at once, and the edge asked the origin ${fetches === 1 ? 'once' : `${fetches} times`}.`,
    `${plural(joined, 'reader')} shared that fetch with the first${others}; ${answered} were answered, the slowest after ${slowestMs} ms.`,
  ];
};

const WAITING_MS_MIN = 5_000;

/** All of the writes, or those that there are after some seconds: one may have been refused. */
export const waiting =
  (writes: number): Seen =>
  ({ origin, regions, faults, nowMs }, begun) => {
    const pending = origin.metrics?.outbox.pending ?? 0;
    const isEarly = pending < writes && nowMs - begun.nowMs < WAITING_MS_MIN;
    if (pending === 0 || isEarly || !faults.some(({ fault, state }) => fault === 'kill' && state === 'inForce')) return undefined;
    const hits = regions.map(({ region, seen }) => `${plain(region)} ${percentText(seen.metrics?.window.hitRatio)}`);
    return [
      `${plural(pending, 'invalidation waits', 'invalidations wait')} in the outbox of the origin, which took every write.`,
      `Readers are answered as before; hits: ${hits.join(', ')}.`,
    ];
  };

export const published: Seen = (state, begun) => {
  const { faults, origin, regions, nowMs } = state;
  const isPublished = (origin.metrics?.outbox.pending ?? 1) === 0 && (origin.answeredMs ?? 0) > begun.nowMs;
  if (faults.length > 0 || !isPublished || !regions.every(({ region }) => isLevel(state, region, begun))) return undefined;
  return [
    `The outbox is empty and every region has applied the waiting invalidations, ${msText(nowMs - begun.nowMs)} after the key. No invalidation was lost or out of order.`,
  ];
};
