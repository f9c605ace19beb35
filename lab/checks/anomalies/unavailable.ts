/**
 * unavailable: a region failed too many reads, or for too long, while nothing was broken that could keep it from
 * answering.
 *
 * Reads that a fault of the region, of its links, or of what all regions share touched, its recovery allowance
 * included, do not count. Above the limit: more than 1 % of the others failed, and more than two; or nothing was
 * answered in the region for longer than 1 s outside faults while reads failed. One anomaly for each region.
 *
 * The same share holds for the writes and purges that the origin did not take, outside faults of it and of its store:
 * who may not write needs no cache. The log is no excuse: a write does not wait for it. Nor is the creation counted of
 * a content that may have been there already.
 */
import type { Change, FaultRecord, ReadOperation } from '../../history/records.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { HELD_UP_SHARE, Sieve } from '../doubt.ts';
import { excusesNothing, windowOf } from '../fault-windows.ts';
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
  about: 'outside faults, a region fails too many reads or fails for too long, or the origin fails too many writes',
  begin,
};

/** In place of a region. */
const ORIGIN = 'origin';

type Ended = (ReadOperation | Change) & { readonly endMs: number };

interface Outage {
  readonly first: Ended;
  readonly last: Ended;
  readonly lengthMs: number;
}

function begin({ regions, history, staleness }: CheckInput): Judging {
  const byRegion = new Map(regions.map((region) => [region, Answering.reads(region, staleness)]));
  return {
    read: (read) => {
      if (isEnded(read)) byRegion.get(read.region)?.take(read);
    },
    result: () => judge([...byRegion.values()], originWrites(history, staleness), staleness),
  };
}

function judge(judged: readonly Answering[], writes: Answering, staleness: Staleness): CheckResult {
  const count = judged.reduce((sum, { calm }) => sum + calm, 0);
  const why = staleness.whyNone(count, 'began and ended outside faults');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const anomalies: Anomaly[] = [];
  const sieve = new Sieve<Answering>(
    (one) => one.doubt,
    (one) => anomalies.push(toAnomaly(one)),
  );
  for (const one of [...judged, writes]) if (one.isAbove) sieve.add(one);
  const failed = judged.reduce((sum, { all }) => sum + all.failed, 0);
  const ofWrites = writes.all.failed === 0 ? '' : `, and ${writes.all.failed} of ${writes.calm} writes`;
  const reason = `${failed} of ${count} reads outside faults failed${ofWrites}`;
  const result = verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
  const unread = judged.filter(({ calm }) => calm === 0).map(({ name }) => name);
  if (result.verdict !== 'pass' || unread.length === 0) return result;
  return { ...result, verdict: 'unknown', reason: `no read outside faults in ${unread.join(', ')}` };
}

function isEnded<Operation extends ReadOperation | Change>(one: Operation): one is Operation & { readonly endMs: number } {
  return one.outcome !== undefined && one.endMs !== undefined;
}

/** What the origin was asked to change. */
function originWrites({ faults, changes }: CheckInput['history'], staleness: Staleness): Answering {
  const windows = faults.filter(isOnWrites).map(windowOf);
  const writes = new Answering({ name: ORIGIN, region: undefined, windows, staleness });
  /** Slots whose content was deleted, and whose slug is free for all that anybody knows. */
  const free = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'delete' && change.outcome === 'ok') free.add(change.slot);
    if (isEnded(change) && (change.kind !== 'create' || free.has(change.slot))) writes.take(change);
  }
  return writes;
}

/** Whether it may keep the origin from taking a write. */
function isOnWrites(fault: FaultRecord): boolean {
  const { target } = fault;
  const isOfLog = target.kind === 'kafka' || (target.kind === 'link' && target.link.callee === 'kafka');
  return target.region === undefined && !isOfLog && !excusesNothing(fault);
}

interface AnsweringOptions {
  /** Of the region, or of what stands in its place. */
  readonly name: string;
  /** Whose edge is on the way; undefined: none is. */
  readonly region: string | undefined;
  readonly windows: readonly Interval[];
  readonly staleness: Staleness;
}

/** What was asked of a region, or of the origin, outside faults, in the order in which it began. */
class Answering {
  readonly name: string;
  readonly all: Failures;
  /** Without those that the machine may have made fail. */
  readonly #certain: Failures;
  readonly #options: AnsweringOptions;
  #doubt: string | undefined;

  constructor(options: AnsweringOptions) {
    this.name = options.name;
    this.#options = options;
    this.all = new Failures(options.windows);
    this.#certain = new Failures(options.windows);
  }

  static reads(region: string, staleness: Staleness): Answering {
    return new Answering({ name: region, region, windows: staleness.windows.touching(region), staleness });
  }

  take(one: Ended): void {
    const { region, windows, staleness } = this.#options;
    if (windows.some((window) => overlaps(window, spanOf(one, one)))) return;
    this.all.take(one);
    const doubt = one.outcome === 'ok' ? undefined : doubtAbout(one, region, staleness);
    if (doubt === undefined) this.#certain.take(one);
    else this.#doubt ??= doubt;
  }

  /** How many those are. */
  get calm(): number {
    return this.all.count;
  }

  get isAbove(): boolean {
    return this.#isAbove(this.all);
  }

  /** Why one above the limit need not be to blame; undefined: what nothing explains is above it by itself. */
  get doubt(): string | undefined {
    return this.#isAbove(this.#certain) ? undefined : this.#doubt;
  }

  /** Writes are too few to tell from two of them that nothing was taken between. */
  #isAbove(failures: Failures): boolean {
    const isOut = this.#options.region !== undefined && hasLongOutage(failures);
    return isOut || isTooMany(failures.failed, failures.count);
  }
}

/** How many of some requests failed, and for how long none was answered while they failed. */
class Failures {
  readonly #windows: readonly Interval[];
  count = 0;
  failed = 0;
  firstFailed: Ended | undefined;
  #longest: Outage | undefined;
  /** Those that failed since the last was answered. */
  #open: Pick<Outage, 'first' | 'last'> | undefined;

  constructor(windows: readonly Interval[]) {
    this.#windows = windows;
  }

  take(one: Ended): void {
    this.count += 1;
    if (one.outcome === 'ok') {
      this.#longest = this.#until(one.startMs);
      this.#open = undefined;
      return;
    }
    this.failed += 1;
    this.firstFailed ??= one;
    this.#open = { first: this.#open?.first ?? one, last: one };
  }

  /** From the start of the first that failed to the start of the next answered one, or the end of the last failed. */
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

/** A moment longer, so that one that took no time, or ended as the fault began, overlaps its window. */
function spanOf(first: Ended, last: Ended): Interval {
  return { fromMs: first.startMs, toMs: Math.max(last.endMs, first.startMs) + MOMENT_MS };
}

function hasLongOutage({ outage }: Failures): boolean {
  return outage !== undefined && outage.lengthMs > OUTAGE_MS_MAX;
}

function isTooMany(failed: number, calm: number): boolean {
  return failed > FAILED_MAX && failed > calm * FAILED_SHARE_MAX;
}

/** What fails by a deadline: for most of it, or of the fetch that a read may have joined, nothing was done. */
function doubtAbout(one: Ended, region: string | undefined, staleness: Staleness): string | undefined {
  const span = spanOf(one, one);
  const doubt = doubtAboutTime(region, span, staleness);
  if (doubt !== undefined || region === undefined) return doubt;
  return doubtAboutTime(region, { ...span, fromMs: span.fromMs - staleness.fetchDeadlineMs(region) }, staleness);
}

function doubtAboutTime(region: string | undefined, span: Interval, staleness: Staleness): string | undefined {
  return staleness.doubtAbout({ region, during: [span], excessMs: (span.toMs - span.fromMs) * HELD_UP_SHARE });
}

function toAnomaly({ name, all }: Answering): Anomaly {
  const { count, failed, outage, firstFailed } = all;
  const isLong = name !== ORIGIN && hasLongOutage(all);
  const what = name === ORIGIN ? 'writes' : 'reads';
  const expected = isLong ? `no outage above ${OUTAGE_MS_MAX} ms` : `at most ${FAILED_SHARE_MAX * 100} % of ${what} to fail`;
  const got = isLong ? `one of ${Math.round(outage?.lengthMs ?? 0)} ms` : `${failed} of ${count}`;
  const shown = isLong && outage !== undefined ? [outage.first, outage.last] : firstFailed === undefined ? [] : [firstFailed];
  const where = name === ORIGIN ? 'at the origin' : `in ${name}`;
  return {
    anomaly: NAME,
    region: name,
    key: '*',
    explain: `expected ${expected} outside faults ${where}, got ${got}: ${shown[0]?.error ?? 'no answer'}`,
    witness: [...new Set(shown)],
  };
}
