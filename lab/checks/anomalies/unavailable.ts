/**
 * unavailable: a region failed too many reads, or for too long, while nothing was broken that could keep it from answering.
 *
 * Reads that a fault of the region, of its links, or of what all regions share touched, its recovery allowance included, do not
 * count. Above the limit: more than 1 % of the others failed, and more than two; or nothing was answered in the region for
 * longer than 1 s outside faults while reads failed. One anomaly for each region.
 */
import type { History } from '../../history/history.ts';
import type { ReadOperation } from '../../history/records.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { HELD_UP_SHARE, sift } from '../doubt.ts';
import { type Interval, lengthOutside, overlaps } from '../interval.ts';
import { type Staleness, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';

const NAME = 'unavailable';
const FAILED_SHARE_MAX = 0.01;
const FAILED_MAX = 2;
const OUTAGE_MS_MAX = 1_000;
const MOMENT_MS = 1;

export const unavailable: Check = {
  name: NAME,
  about: 'a region fails too many reads, or for too long, while no fault keeps it from answering',
  judge,
};

type EndedRead = ReadOperation & { readonly endMs: number };

interface RegionReads {
  readonly region: string;
  /** Outside faults, by their start. */
  readonly calm: readonly EndedRead[];
  readonly failed: readonly EndedRead[];
  readonly outage: Outage | undefined;
}

interface Outage {
  readonly first: EndedRead;
  readonly last: EndedRead;
  readonly lengthMs: number;
}

function judge(history: History, { regions, staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const reads = Map.groupBy(history.operations.filter(isEnded), ({ region }) => region);
  const judged = regions.map((region) => toRegion(region, reads.get(region) ?? [], staleness));
  const count = judged.reduce((sum, { calm }) => sum + calm.length, 0);
  const why = staleness.whyNone(count, 'began and ended outside faults');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const unread = judged.filter(({ calm }) => calm.length === 0).map(({ region }) => region);
  const above = judged.filter(isAbove);
  const { certain, doubts } = sift(above, (region) => doubtAbout(region, staleness));
  const failed = judged.reduce((sum, region) => sum + region.failed.length, 0);
  const reason = `${failed} of ${count} reads outside faults failed`;
  const result = verdictOf({ check: NAME, found: above.length, anomalies: certain.map(toAnomaly), reason, doubts });
  if (result.verdict !== 'pass' || unread.length === 0) return result;
  return { ...result, verdict: 'unknown', reason: `no read outside faults in ${unread.join(', ')}` };
}

function isEnded(operation: History['operations'][number]): operation is EndedRead {
  return operation.kind === 'read' && operation.outcome !== undefined && operation.endMs !== undefined;
}

function toRegion(region: string, reads: readonly EndedRead[], staleness: Staleness): RegionReads {
  const windows = staleness.windows.touching(region);
  const calm = reads
    .filter((read) => !windows.some((window) => overlaps(window, spanOf(read, read))))
    .sort((one, other) => one.startMs - other.startMs);
  const failed = calm.filter(({ outcome }) => outcome !== 'ok');
  return { region, calm, failed, outage: longestOutage(calm, windows) };
}

/** A moment longer, so that a read that took no time, or ended as the fault began, overlaps its window. */
function spanOf(first: EndedRead, last: EndedRead): Interval {
  return { fromMs: first.startMs, toMs: Math.max(last.endMs, first.startMs) + MOMENT_MS };
}

/** From the start of the first failed read to the start of the next answered one, or the end of the last failed. */
function longestOutage(calm: readonly EndedRead[], windows: readonly Interval[]): Outage | undefined {
  let longest: Outage | undefined;
  let [first, last]: [EndedRead | undefined, EndedRead | undefined] = [undefined, undefined];
  const close = (endMs: number) => {
    if (first === undefined || last === undefined) return;
    const lengthMs = lengthOutside({ fromMs: first.startMs, toMs: Math.max(endMs, first.startMs) }, windows);
    if (lengthMs > (longest?.lengthMs ?? 0)) longest = { first, last, lengthMs };
  };
  for (const read of calm) {
    if (read.outcome === 'ok') {
      close(read.startMs);
      [first, last] = [undefined, undefined];
    } else {
      first ??= read;
      last = read;
    }
  }
  if (last !== undefined) close(last.endMs);
  return longest;
}

function hasLongOutage({ outage }: RegionReads): boolean {
  return outage !== undefined && outage.lengthMs > OUTAGE_MS_MAX;
}

function isAbove(region: RegionReads): boolean {
  return hasLongOutage(region) || isTooMany(region.failed.length, region.calm.length);
}

function isTooMany(failed: number, calm: number): boolean {
  return failed > FAILED_MAX && failed > calm * FAILED_SHARE_MAX;
}

/** Why a region above the limit need not be to blame; undefined: what nothing explains is above it by itself. */
function doubtAbout(reads: RegionReads, staleness: Staleness): string | undefined {
  const { region, calm, failed } = reads;
  const { certain, doubts } = sift(failed, (read) => doubtAboutRead(read, staleness));
  const unexplained = new Set(certain);
  const left = calm.filter((read) => read.outcome === 'ok' || unexplained.has(read));
  const outage = longestOutage(left, staleness.windows.touching(region));
  return isAbove({ region, calm: left, failed: certain, outage }) ? undefined : doubts[0];
}

/** A read fails by a deadline: for most of it, or of the fetch that it may have joined, nothing was done. */
function doubtAboutRead(read: EndedRead, staleness: Staleness): string | undefined {
  const span = spanOf(read, read);
  const withFetch = { ...span, fromMs: span.fromMs - staleness.fetchDeadlineMs(read.region) };
  return doubtAboutTime(read.region, span, staleness) ?? doubtAboutTime(read.region, withFetch, staleness);
}

function doubtAboutTime(region: string, span: Interval, staleness: Staleness): string | undefined {
  return staleness.doubtAbout({ region, during: [span], excessMs: (span.toMs - span.fromMs) * HELD_UP_SHARE });
}

function toAnomaly(region: RegionReads): Anomaly {
  const { calm, failed, outage } = region;
  const isLong = hasLongOutage(region);
  const expected = isLong ? `no outage above ${OUTAGE_MS_MAX} ms` : `at most ${FAILED_SHARE_MAX * 100} % of reads to fail`;
  const got = isLong ? `one of ${Math.round(outage?.lengthMs ?? 0)} ms` : `${failed.length} of ${calm.length}`;
  const shown = isLong && outage !== undefined ? [outage.first, outage.last] : failed.slice(0, 1);
  return {
    anomaly: NAME,
    region: region.region,
    key: '*',
    explain: `expected ${expected} outside faults in ${region.region}, got ${got}: ${shown[0]?.error ?? 'no answer'}`,
    witness: [...new Set(shown)],
  };
}
