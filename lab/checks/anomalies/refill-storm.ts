/**
 * refill-storm: a region asked the origin more often than its reads and the invalidations explain.
 *
 * An invalidation makes a key be fetched again when it is next read, once however many read it: readers share a fetch,
 * and a stale key has one revalidation. So between two looks at a region's counter of fetches, with no fault of its own
 * in between, each key may cost one fetch for what was before, two for each write or purge in that time (the fetch
 * under way that it outdates, and the one after it), and one for each read that failed or found a 404 (kept for a short
 * time only), and one for each time that its entry may have ended, or its lease have run out, where the edge had not
 * heard of the origin for so long: and never more than it was read. On a slow link an entry may end for good while it
 * is revalidated, and whoever reads it then fetches it beside that: two for each end. Where an edge fetches the
 * most-read contents before they are read, so many of them may be fetched without a read: as often as all that
 * explains. Any purge but one of a key counts for every key, for until a fetch is back nobody knows its tags. A slow
 * link is no excuse: it is what makes a storm; but a fetch that reached its deadline is made again, and of a machine
 * that stood still for most of that it may have. Nor is an edge looked at while it catches up with the log, nor one
 * whose cache remembers so few invalidations that it drops entries. One anomaly for each region. Other caches than ours
 * promise nothing of it: the race `crowd` says what they do. Of several edges each may fetch as often.
 */

import type { EdgeSample, FaultRecord, ReadOperation } from '../../history/records.ts';
import type { EdgeBounds } from '../../system/edges/edge.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { HELD_UP_SHARE, Sieve } from '../doubt.ts';
import { excusesNothing, isEmptiedBy, isSlowing, refusesFills, touches, windowOf } from '../fault-windows.ts';
import { type Interval, overlaps } from '../interval.ts';
import { Marks } from '../marks.ts';
import { isStaleByClock } from '../stale-by-clock.ts';
import type { Staleness } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';

const NAME = 'refill-storm';
const FETCHES_PER_MARK = 2;
const FETCHES_PER_END_SLOW = 2;
/** Each key's lease is shortened by a share of its own: to no less than this. */
const LEASE_SHARE_MIN = 0.75;
/** For what the lab itself asks an edge beside the load. */
const FETCHES_BESIDE = 5;

export const refillStorm: Check = {
  name: NAME,
  about: 'a region asks the origin more often than its reads and the invalidations explain',
  needs: ['fetch-counter'],
  isOfOurs: true,
  begin,
};

/** Between two samples of one process with no fault in between. */
interface Stretch {
  readonly region: string;
  /**
   * There is a lease, and it may have run out: not all the time had the edge heard of the origin so lately that no
   * key's lease did.
   */
  readonly runsOut: boolean;
  readonly first: EdgeSample;
  readonly last: EdgeSample;
}

interface Counted extends Stretch {
  readonly fetches: number;
  readonly allowed: number;
  readonly reads: number;
}

function begin(input: CheckInput): Judging {
  const { history, regions } = input;
  const samples = Map.groupBy(history.of('edge-sample'), ({ region }) => region);
  // Other caches than ours do not promise that readers share a fetch, and one that forgets invalidations drops entries
  // for each.
  const ours = regions.filter((region) => {
    const { joins, marksMax } = history.boundsOf(region);
    return joins !== true && marksMax === undefined;
  });
  const tallies = new Map(
    ours.map((region) => {
      const { leaseMs } = history.boundsOf(region);
      const stretches = stretchesOf(region, { samples: samples.get(region) ?? [], faults: history.faults, leaseMs });
      return [region, stretches.map((stretch) => new Tally(stretch, history.boundsOf(region)))];
    }),
  );
  return {
    read: (read) => {
      for (const tally of tallies.get(read.region) ?? []) tally.take(read);
    },
    result: () =>
      judge(
        [...tallies].flatMap(([region, ofRegion]) => counted(region, ofRegion, input)),
        input,
      ),
  };
}

function judge(stretches: readonly Counted[], input: CheckInput): CheckResult {
  const above = stretches.filter(({ fetches, allowed }) => fetches > allowed);
  const storms = new Map<string, Counted>();
  const heldUp = new HeldUp(above, input);
  const sieve = new Sieve<Counted>(
    (stretch) => heldUp.doubtAbout(stretch),
    (storm) => {
      const known = storms.get(storm.region);
      if (known === undefined || storm.fetches - storm.allowed > known.fetches - known.allowed) storms.set(storm.region, storm);
    },
  );
  for (const stretch of above) sieve.add(stretch);
  const fetches = stretches.reduce((sum, stretch) => sum + stretch.fetches, 0);
  const reason = `${fetches} fetches outside faults; reads and invalidations explain up to ${stretches.reduce((sum, { allowed }) => sum + allowed, 0)}`;
  const none = 'nothing to judge: no fetches were counted over a time without faults';
  if (stretches.every((stretch) => stretch.reads === 0)) return { check: NAME, verdict: 'unknown', reason: none, anomalies: [] };
  const anomalies = [...storms.values()].map(toAnomaly);
  return verdictOf({ check: NAME, found: above.length, anomalies, reason, doubt: sieve.doubt });
}

/**
 * The reads that the machine may have made fetch once more: found in another pass, where there is something to explain.
 */
class HeldUp {
  readonly #staleness: Staleness;
  readonly #reads: ReadonlyMap<Counted, number>;

  constructor(stretches: readonly Counted[], { history, staleness }: CheckInput) {
    this.#staleness = staleness;
    const reads = new Map(stretches.map((stretch) => [stretch, 0]));
    if (stretches.length > 0) for (const read of history.reads) count(read, reads, staleness);
    this.#reads = reads;
  }

  /** Where each of them did so, and that explains it. */
  doubtAbout(stretch: Counted): string | undefined {
    const { region, fetches, allowed } = stretch;
    const heldUp = this.#reads.get(stretch) ?? 0;
    if (heldUp === 0 || fetches > allowed + heldUp) return undefined;
    return this.#staleness.doubtAbout({ region, during: [spanOf(stretch)], excessMs: 0 });
  }
}

function count({ region, startMs }: ReadOperation, heldUp: Map<Counted, number>, staleness: Staleness): void {
  const fetchMs = staleness.fetchDeadlineMs(region);
  const fetch = { fromMs: startMs, toMs: startMs + fetchMs };
  for (const [stretch, reads] of heldUp) {
    if (stretch.region !== region || !overlaps(fetch, spanOf(stretch))) continue;
    if (staleness.stood.explainsMs(region, fetch) >= fetchMs * HELD_UP_SHARE) heldUp.set(stretch, reads + 1);
  }
}

function spanOf({ first, last }: Stretch): Interval {
  return { fromMs: first.atMs, toMs: last.atMs };
}

/** Until then after its acknowledgement an invalidation may be applied, and the fetch after it be under way. */
function allowanceMs(region: string, staleness: Staleness): number {
  const always = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };
  const delayMs = staleness.delayMsMax(region, always) + staleness.windows.slowedMs({ region, status: 'fresh' }, always);
  return delayMs + staleness.epsilonMs + staleness.fetchDeadlineMs(region);
}

/** Whatever may empty a cache, make fetches fail, or make an edge read through. */
function interrupts(fault: FaultRecord, region: string): boolean {
  if (isEmptiedBy(fault, region)) return true;
  if (isSlowing(fault) && !refusesFills(fault)) return false;
  return !excusesNothing(fault) && touches(fault, region);
}

/**
 * Without a fault, and of one process, which had caught up with the log all the while: until then an edge calls nothing
 * fresh, and each answer asks the origin.
 */
function isCalm(one: EdgeSample, other: EdgeSample, faults: readonly Interval[]): boolean {
  const isOneLife = one.since === other.since && one.joins === other.joins;
  const span = { fromMs: one.atMs, toMs: other.atMs };
  return isOneLife && one.caughtUp !== false && other.caughtUp !== false && !faults.some((window) => overlaps(window, span));
}

/** Of two looks, whether the lease of some key may have run out between them. */
function mayRunOut(one: EdgeSample, other: EdgeSample, leaseMs: number | undefined): boolean {
  if (leaseMs === undefined) return false;
  const { evidenceMs } = one;
  return evidenceMs === undefined || evidenceMs === null || evidenceMs + (other.atMs - one.atMs) > leaseMs * LEASE_SHARE_MIN;
}

interface Watched {
  readonly samples: readonly EdgeSample[];
  readonly faults: readonly FaultRecord[];
  readonly leaseMs: number | undefined;
}

/** The longest in which nothing changes that the number of fetches depends on. */
function stretchesOf(region: string, { samples, faults, leaseMs }: Watched): readonly Stretch[] {
  const windows = faults.filter((fault) => interrupts(fault, region)).map(windowOf);
  const stretches: Stretch[] = [];
  for (const [at, last] of samples.slice(1).entries()) {
    const first = samples[at];
    if (first === undefined || !isCalm(first, last, windows)) continue;
    const [before, runsOut] = [stretches.at(-1), mayRunOut(first, last, leaseMs)];
    if (before?.last === first && before.runsOut === runsOut) stretches.splice(-1, 1, { ...before, last });
    else stretches.push({ region, runsOut, first, last });
  }
  return stretches;
}

/** What was read in a stretch. */
class Tally {
  readonly stretch: Stretch;
  readonly #fetchDeadlineMs: number;
  readonly #warmKeys: number;
  /** By key: how many reads, and how many of them were of what is kept for a short time only. */
  readonly #ofKey = new Map<string, { reads: number; short: number }>();
  #reads = 0;

  constructor(stretch: Stretch, { fetchDeadlineMs, warmKeys = 0 }: EdgeBounds) {
    this.stretch = stretch;
    this.#fetchDeadlineMs = fetchDeadlineMs;
    this.#warmKeys = warmKeys;
  }

  /** A revalidation goes on behind the answer that asked for it. */
  take({ key, startMs, endMs, outcome, found }: ReadOperation): void {
    const { fromMs, toMs } = spanOf(this.stretch);
    if (startMs >= toMs) return;
    const ofKey = this.#ofKey.get(key) ?? { reads: 0, short: 0 };
    const isBefore = (endMs ?? toMs) <= fromMs - this.#fetchDeadlineMs;
    // What was read before may be warmed.
    if (!isBefore || this.#warmKeys > 0) this.#ofKey.set(key, ofKey);
    if (isBefore) return;
    ofKey.reads += 1;
    if (outcome !== 'ok' || found === false) ofKey.short += 1;
    this.#reads += 1;
  }

  /**
   * `ofKey`: how many fetches what happened in the stretch explains for each key, where nothing of it is kept for a
   * short time only.
   */
  counted(ofKey: (key: string) => number, fetches: number): Counted {
    let allowed = FETCHES_BESIDE;
    const unread: number[] = [];
    for (const [key, { reads, short }] of this.#ofKey) {
      const explained = ofKey(key) + short;
      allowed += Math.min(reads, explained);
      unread.push(Math.max(0, explained - reads));
    }
    const warmed = unread.sort((one, other) => other - one).slice(0, this.#warmKeys);
    allowed += warmed.reduce((sum, fetches) => sum + fetches, 0);
    return { ...this.stretch, allowed, reads: this.#reads, fetches };
  }
}

function counted(region: string, tallies: readonly Tally[], { history, staleness }: CheckInput): readonly Counted[] {
  const marks = new Marks(history.changes, allowanceMs(region, staleness));
  const slow = history.faults.filter((fault) => isSlowing(fault) && touches(fault, region)).map(windowOf);
  const { fetchDeadlineMs, freshMs, leaseMs = Number.POSITIVE_INFINITY, members = 1 } = history.boundsOf(region);
  return tallies.map((tally) => {
    const { stretch } = tally;
    const span = spanOf(stretch);
    const { fromMs, toMs } = span;
    const fills = fillsIn(stretch);
    const slowMs = slowMsIn(slow, span);
    const again = fills === undefined ? fetchesAgain(slowMs, fetchDeadlineMs) : 0;
    const ofAll = marks.ofAll(span);
    // Of what was fetched in the run.
    const ended = freshMs === undefined || toMs < freshMs ? 0 : 1 + Math.floor((toMs - fromMs) / freshMs);
    const ends = slowMs > 0 ? FETCHES_PER_END_SLOW * ended : ended;
    const leases = stretch.runsOut ? 1 + Math.floor((toMs - fromMs) / (leaseMs * LEASE_SHARE_MIN)) : 0;
    const runsOut = isStaleByClock(history, region) ? Number.POSITIVE_INFINITY : leases;
    // Those who read one edge share its fetches.
    const explained = (key: string) => members * (1 + FETCHES_PER_MARK * (ofAll + marks.ofKey(key, span)) + again + ends + runsOut);
    return tally.counted(explained, fills ?? stretch.last.originFetches - stretch.first.originFetches);
  });
}

/**
 * Fetches that brought something: what failed was asked for again, and rightly. An edge may ask and not store what it
 * is answered: the larger of what was answered and what was offered to the cache. undefined: nobody counted them.
 */
function fillsIn({ first, last }: Stretch): number | undefined {
  const grown = (count: (sample: EdgeSample) => number | undefined) => {
    const [before, after] = [count(first), count(last)];
    return before === undefined || after === undefined ? undefined : after - before;
  };
  const [fills, fetched] = [grown((sample) => sample.fills), grown((sample) => sample.fetchedForCache)];
  return fills === undefined || fetched === undefined ? fills : Math.max(fills, fetched);
}

function slowMsIn(slow: readonly Interval[], { fromMs, toMs }: Interval): number {
  return slow.reduce((sum, window) => sum + Math.max(0, Math.min(toMs, window.toMs) - Math.max(fromMs, window.fromMs)), 0);
}

/** At most so many fetches can have reached their deadline on a slow link. */
function fetchesAgain(slowMs: number, fetchDeadlineMs: number): number {
  return FETCHES_PER_MARK * Math.ceil(slowMs / fetchDeadlineMs);
}

function toAnomaly({ region, fetches, allowed, reads, first, last }: Counted): Anomaly {
  const seconds = ((last.atMs - first.atMs) / 1000).toFixed(1);
  return {
    anomaly: NAME,
    region,
    key: '*',
    explain: `expected at most ${allowed} fetches of ${region} from the origin in ${seconds} s, got ${fetches}: the ${reads} reads and the invalidations in that time explain no more`,
    witness: [first, last],
  };
}
