/**
 * refill-storm: a region asked the origin more often than its reads and the invalidations explain.
 *
 * An invalidation makes a key be fetched again when it is next read, once however many read it: readers share a fetch, and a stale key
 * has one revalidation. So between two looks at a region's counter of fetches, with no fault of its own in between, each key may cost one
 * fetch for what was before, two for each write or purge in that time (the fetch under way that it outdates, and the one after it), and one
 * for each read that failed or found a 404 (kept for a short time only), and one for each time that its entry may have ended: and never more
 * than it was read. Any purge but one of a
 * key counts for every key, for until a fetch is back nobody knows its tags. A slow link is no excuse: it is what
 * makes a storm; but a fetch that reached its deadline is made again, and of a machine that stood still for most of that it may have. One
 * anomaly for each region.
 */
import type { History } from '../../history/history.ts';
import type { EdgeSample, FaultRecord, Operation, ReadOperation } from '../../history/records.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { HELD_UP_SHARE, sift } from '../doubt.ts';
import { excusesNothing, isEmptiedBy, isSlowing, refusesFills, touches, windowOf } from '../fault-windows.ts';
import { type Interval, overlaps } from '../interval.ts';
import { type Staleness, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';

const NAME = 'refill-storm';
const FETCHES_PER_MARK = 2;
/** For what the lab itself asks an edge beside the load. */
const FETCHES_BESIDE = 5;

export const refillStorm: Check = {
  name: NAME,
  about: 'a region asks the origin more often than its reads and the invalidations explain',
  needs: ['fetch-counter'],
  judge,
};

/** Between two samples of one process with no fault in between. */
interface Stretch {
  readonly region: string;
  readonly first: EdgeSample;
  readonly last: EdgeSample;
}

interface Counted extends Stretch {
  readonly fetches: number;
  readonly allowed: number;
  readonly reads: number;
}

function judge(history: History, { regions, staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const samples = Map.groupBy(history.of('edge-sample'), ({ region }) => region);
  const reads = Map.groupBy(
    history.operations.filter((operation) => operation.kind === 'read'),
    ({ region }) => region,
  );
  const counted = regions.flatMap((region) => {
    const marks = new Marks(history.operations, allowanceMs(region, staleness));
    const slow = history.faults.filter((fault) => isSlowing(fault) && touches(fault, region)).map(windowOf);
    const { fetchDeadlineMs, freshMs } = history.boundsOf(region);
    return stretchesOf(region, samples.get(region) ?? [], history.faults).map((stretch) =>
      count(stretch, { reads: reads.get(region) ?? [], marks, slow, fetchDeadlineMs, freshMs }),
    );
  });
  const above = counted.filter(({ fetches, allowed }) => fetches > allowed);
  const { certain, doubts } = sift(above, (stretch) => doubtAbout(stretch, reads.get(stretch.region) ?? [], staleness));
  const storms = worstByRegion(certain);
  const fetches = counted.reduce((sum, stretch) => sum + stretch.fetches, 0);
  const reason = `${fetches} fetches outside faults, at most ${counted.reduce((sum, { allowed }) => sum + allowed, 0)} explained`;
  if (counted.every((stretch) => stretch.reads === 0))
    return {
      check: NAME,
      verdict: 'unknown',
      reason: 'nothing to judge: no fetches were counted over a time without faults',
      anomalies: [],
    };
  return verdictOf({ check: NAME, found: above.length, anomalies: storms.map(toAnomaly), reason, doubts });
}

/** Where each read that the machine may have made fetch once more did so, and that explains it. */
function doubtAbout({ region, first, last, fetches, allowed }: Counted, reads: readonly ReadOperation[], staleness: Staleness) {
  const span = { fromMs: first.atMs, toMs: last.atMs };
  const fetchMs = staleness.fetchDeadlineMs(region);
  const heldUp = reads.filter(({ startMs }) => {
    const fetch = { fromMs: startMs, toMs: startMs + fetchMs };
    return overlaps(fetch, span) && staleness.stood.explainsMs(region, fetch) >= fetchMs * HELD_UP_SHARE;
  });
  if (heldUp.length === 0 || fetches > allowed + heldUp.length) return undefined;
  return staleness.doubtAbout({ region, during: [span], excessMs: 0 });
}

function worstByRegion(storms: readonly Counted[]): readonly Counted[] {
  const worst = new Map<string, Counted>();
  for (const storm of storms) {
    const known = worst.get(storm.region);
    if (known === undefined || storm.fetches - storm.allowed > known.fetches - known.allowed) worst.set(storm.region, storm);
  }
  return [...worst.values()];
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

function stretchesOf(region: string, samples: readonly EdgeSample[], faults: readonly FaultRecord[]): readonly Stretch[] {
  const windows = faults.filter((fault) => interrupts(fault, region)).map(windowOf);
  const stretches: Stretch[] = [];
  let first: EdgeSample | undefined;
  let last: EdgeSample | undefined;
  for (const sample of samples) {
    const isCalm =
      last?.since === sample.since && !windows.some((window) => overlaps(window, { fromMs: last?.atMs ?? 0, toMs: sample.atMs }));
    if (!isCalm) {
      if (first !== undefined && last !== undefined && first !== last) stretches.push({ region, first, last });
      first = sample;
    }
    last = sample;
  }
  if (first !== undefined && last !== undefined && first !== last) stretches.push({ region, first, last });
  return stretches;
}

interface Explaining {
  readonly reads: readonly ReadOperation[];
  readonly marks: Marks;
  readonly slow: readonly Interval[];
  readonly fetchDeadlineMs: number;
  readonly freshMs: number | undefined;
}

function count(stretch: Stretch, { reads, marks, slow, fetchDeadlineMs, freshMs }: Explaining): Counted {
  const [fromMs, toMs] = [stretch.first.atMs, stretch.last.atMs];
  const span = { fromMs, toMs };
  // A revalidation goes on behind the answer that asked for it.
  const within = reads.filter(({ startMs, endMs }) => startMs < toMs && (endMs ?? toMs) > fromMs - fetchDeadlineMs);
  const fills = fillsIn(stretch);
  const again = fills === undefined ? fetchesAgain(slowMsIn(slow, span), fetchDeadlineMs) : 0;
  const ofAll = marks.ofAll(span);
  // Of what was fetched in the run.
  const ends = freshMs === undefined || toMs < freshMs ? 0 : 1 + Math.floor((toMs - fromMs) / freshMs);
  let allowed = FETCHES_BESIDE;
  for (const [key, ofKey] of Map.groupBy(within, (read) => read.key)) {
    const short = ofKey.filter(({ outcome, found }) => outcome !== 'ok' || found === false).length;
    allowed += Math.min(ofKey.length, 1 + FETCHES_PER_MARK * (ofAll + marks.ofKey(key, span)) + short + again + ends);
  }
  return { ...stretch, allowed, reads: within.length, fetches: fills ?? stretch.last.originFetches - stretch.first.originFetches };
}

/**
 * Fetches that brought something: what failed was asked for again, and rightly. An edge may ask and not store what it is answered: the
 * larger of what was answered and what was offered to the cache. undefined: nobody counted them.
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

/** When writes and purges may have been applied in a region. */
class Marks {
  readonly #byKey = new Map<string, Interval[]>();
  readonly #ofAll: Interval[] = [];

  constructor(operations: readonly Operation[], lateMs: number) {
    for (const operation of operations) {
      if (operation.kind === 'read' || operation.outcome === 'fail') continue;
      const toMs = operation.outcome === 'ok' && operation.endMs !== undefined ? operation.endMs + lateMs : Number.POSITIVE_INFINITY;
      this.#add(operation, { fromMs: operation.startMs, toMs });
    }
  }

  ofKey(key: string, span: Interval): number {
    return this.#byKey.get(key)?.filter((mark) => overlaps(mark, span)).length ?? 0;
  }

  ofAll(span: Interval): number {
    return this.#ofAll.filter((mark) => overlaps(mark, span)).length;
  }

  #add(operation: Exclude<Operation, ReadOperation>, mark: Interval): void {
    const key = operation.kind !== 'purge' ? operation.key : operation.type === 'key' ? operation.target : undefined;
    if (key === undefined) {
      this.#ofAll.push(mark);
      return;
    }
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [mark]);
    else known.push(mark);
  }
}

function toAnomaly({ region, fetches, allowed, reads, first, last }: Counted): Anomaly {
  const seconds = ((last.atMs - first.atMs) / 1000).toFixed(1);
  return {
    anomaly: NAME,
    region,
    key: '*',
    explain: `expected at most ${allowed} fetches of ${region} from the origin in ${seconds} s, got ${fetches}: its ${reads} reads and the invalidations then explain no more`,
    witness: [first, last],
  };
}
