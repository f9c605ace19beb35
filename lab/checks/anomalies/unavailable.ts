/**
 * unavailable: a region failed too many reads, or for too long, while nothing was broken that could keep it from answering.
 *
 * Reads that a fault of the region, of its links, or of what all regions share touched, its recovery allowance included, do not
 * count. Above the limit: more than 1 % of the others failed, and more than two; or nothing was answered in the region for
 * longer than 1 s outside faults while reads failed. One anomaly for each region.
 */
import type { ReadOperation } from '../../history/records.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { HELD_UP_SHARE, Sieve } from '../doubt.ts';
import { type Interval, lengthOutside, overlaps } from '../interval.ts';
import type { Staleness } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';

const NAME = 'unavailable';
const FAILED_SHARE_MAX = 0.01;
const FAILED_MAX = 2;
const OUTAGE_MS_MAX = 1_000;
const MOMENT_MS = 1;

export const unavailable: Check = {
  name: NAME,
  about: 'a region fails too many reads, or for too long, while no fault keeps it from answering',
  begin,
};

type EndedRead = ReadOperation & { readonly endMs: number };

interface Outage {
  readonly first: EndedRead;
  readonly last: EndedRead;
  readonly lengthMs: number;
}

function begin({ regions, staleness }: CheckInput): Judging {
  const byRegion = new Map(regions.map((region) => [region, new RegionReads(region, staleness)]));
  return {
    read: (read) => {
      if (isEnded(read)) byRegion.get(read.region)?.take(read);
    },
    result: () => judge([...byRegion.values()], staleness),
  };
}

function judge(judged: readonly RegionReads[], staleness: Staleness): CheckResult {
  const count = judged.reduce((sum, { calm }) => sum + calm, 0);
  const why = staleness.whyNone(count, 'began and ended outside faults');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const anomalies: Anomaly[] = [];
  const sieve = new Sieve<RegionReads>(
    (region) => region.doubt,
    (region) => anomalies.push(toAnomaly(region)),
  );
  for (const region of judged) if (isAbove(region.all)) sieve.add(region);
  const failed = judged.reduce((sum, { all }) => sum + all.failed, 0);
  const reason = `${failed} of ${count} reads outside faults failed`;
  const result = verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
  const unread = judged.filter(({ calm }) => calm === 0).map(({ region }) => region);
  if (result.verdict !== 'pass' || unread.length === 0) return result;
  return { ...result, verdict: 'unknown', reason: `no read outside faults in ${unread.join(', ')}` };
}

function isEnded(read: ReadOperation): read is EndedRead {
  return read.outcome !== undefined && read.endMs !== undefined;
}

/** Of a region, outside faults, in the order in which they began. */
class RegionReads {
  readonly region: string;
  readonly all: Failures;
  /** Without those that the machine may have made fail. */
  readonly #certain: Failures;
  readonly #windows: readonly Interval[];
  readonly #staleness: Staleness;
  #doubt: string | undefined;

  constructor(region: string, staleness: Staleness) {
    this.region = region;
    this.#staleness = staleness;
    this.#windows = staleness.windows.touching(region);
    this.all = new Failures(this.#windows);
    this.#certain = new Failures(this.#windows);
  }

  take(read: EndedRead): void {
    if (this.#windows.some((window) => overlaps(window, spanOf(read, read)))) return;
    this.all.take(read);
    const doubt = read.outcome === 'ok' ? undefined : doubtAboutRead(read, this.#staleness);
    if (doubt === undefined) this.#certain.take(read);
    else this.#doubt ??= doubt;
  }

  get calm(): number {
    return this.all.reads;
  }

  /** Why a region above the limit need not be to blame; undefined: what nothing explains is above it by itself. */
  get doubt(): string | undefined {
    return isAbove(this.#certain) ? undefined : this.#doubt;
  }
}

/** How many of some reads failed, and for how long none was answered while reads failed. */
class Failures {
  readonly #windows: readonly Interval[];
  reads = 0;
  failed = 0;
  firstFailed: EndedRead | undefined;
  #longest: Outage | undefined;
  /** Those that failed since the last was answered. */
  #open: Pick<Outage, 'first' | 'last'> | undefined;

  constructor(windows: readonly Interval[]) {
    this.#windows = windows;
  }

  take(read: EndedRead): void {
    this.reads += 1;
    if (read.outcome === 'ok') {
      this.#longest = this.#until(read.startMs);
      this.#open = undefined;
      return;
    }
    this.failed += 1;
    this.firstFailed ??= read;
    this.#open = { first: this.#open?.first ?? read, last: read };
  }

  /** From the start of the first failed read to the start of the next answered one, or the end of the last failed. */
  get outage(): Outage | undefined {
    return this.#open === undefined ? this.#longest : this.#until(this.#open.last.endMs);
  }

  #until(endMs: number): Outage | undefined {
    if (this.#open === undefined) return this.#longest;
    const { first, last } = this.#open;
    const lengthMs = lengthOutside({ fromMs: first.startMs, toMs: Math.max(endMs, first.startMs) }, this.#windows);
    return lengthMs > (this.#longest?.lengthMs ?? 0) ? { first, last, lengthMs } : this.#longest;
  }
}

/** A moment longer, so that a read that took no time, or ended as the fault began, overlaps its window. */
function spanOf(first: EndedRead, last: EndedRead): Interval {
  return { fromMs: first.startMs, toMs: Math.max(last.endMs, first.startMs) + MOMENT_MS };
}

function hasLongOutage({ outage }: Failures): boolean {
  return outage !== undefined && outage.lengthMs > OUTAGE_MS_MAX;
}

function isAbove(failures: Failures): boolean {
  return hasLongOutage(failures) || isTooMany(failures.failed, failures.reads);
}

function isTooMany(failed: number, calm: number): boolean {
  return failed > FAILED_MAX && failed > calm * FAILED_SHARE_MAX;
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

function toAnomaly({ region, all }: RegionReads): Anomaly {
  const { reads, failed, outage, firstFailed } = all;
  const isLong = hasLongOutage(all);
  const expected = isLong ? `no outage above ${OUTAGE_MS_MAX} ms` : `at most ${FAILED_SHARE_MAX * 100} % of reads to fail`;
  const got = isLong ? `one of ${Math.round(outage?.lengthMs ?? 0)} ms` : `${failed} of ${reads}`;
  const shown = isLong && outage !== undefined ? [outage.first, outage.last] : firstFailed === undefined ? [] : [firstFailed];
  return {
    anomaly: NAME,
    region,
    key: '*',
    explain: `expected ${expected} outside faults in ${region}, got ${got}: ${shown[0]?.error ?? 'no answer'}`,
    witness: [...new Set(shown)],
  };
}
