/**
 * strategy-ignored: a region did with an updated content what the other strategy does.
 *
 * Eager: an invalidated entry is gone. So no answer labelled stale may have a version that was superseded longer ago
 * than the bound of an answer labelled fresh. One anomaly for each version of a key in a region.
 *
 * Lazy: an invalidated entry is served once more, labelled stale. So the first read of a key after an update has the
 * version that the read before it found in the cache. Looked at where nothing else can have taken the entry away: no
 * fault, no hard purge, no other write of the key, no time at which an entry ends, no cache that remembers so few
 * invalidations that it drops entries for those it forgot. An entry may be evicted all the same, so it fails where most
 * of at least three such reads were answered by the origin, and shows the first of them.
 *
 * The strategy must have been one and the same while the update was applied: all the time since it was sent, where a
 * fault may have held it back.
 */
import type { Strategy } from '../../../services/protocol/invalidation.ts';
import type { History } from '../../history/history.ts';
import type { Change, PurgeOperation, StrategyChange, WriteOperation } from '../../history/records.ts';
import { answerOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { isEmptiedBy } from '../fault-windows.ts';
import { type Interval, overlaps } from '../interval.ts';
import { isCovered } from '../pattern.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { sieveOfWorst, verdictOf } from '../verdict.ts';
import type { AcknowledgedWrite, AnsweredRead, Known } from '../versions.ts';

const NAME = 'strategy-ignored';

export const strategyIgnored: Check = {
  name: NAME,
  about: 'an eager region serves an entry that it should have dropped, or a lazy region drops one that it should serve once more',
  needs: ['strategy'],
  begin,
};

/**
 * Of the first reads after an update in a lazy region, so many must be there, and so many of them answered by the
 * origin.
 */
const FIRST_READS_MIN = 3;
const FETCHED_SHARE_MIN = 0.5;
/** Our cache remembers so many patterns one by one. */
const PATTERNS_MAX = 256;

function begin(input: CheckInput): Judging {
  const { history, staleness } = input;
  const strategies = new Strategies(history);
  const judging = { history, strategies, staleness };
  const { sieve: kept, worst } = sieveOfWorst<StaleRead>(staleness);
  const updated = new Updated(judging);
  let judged = 0;
  return {
    answer: (read, stale) => {
      updated.take(read);
      if (isTelling(read, stale, judging)) judged += 1;
      if (stale === undefined || !isEagerFor(read, stale.superseding, judging)) return;
      judged += 1;
      const old = { ...staleness.judgeSince(read, stale.superseding.atMs), superseding: stale.superseding };
      if (read.status === 'stale' && staleness.excessMs(old) > 0) kept.add(old);
    },
    result: () => {
      const { firsts, fetched } = updated;
      const why = staleness.whyNone(judged + firsts, 'came after an update that shows the strategy');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const isMost = firsts >= FIRST_READS_MIN && fetched.found >= firsts * FETCHED_SHARE_MIN;
      const deleted = isMost && updated.certain !== undefined ? [toFetched(updated.certain, fetched.found, firsts)] : [];
      return verdictOf({
        check: NAME,
        found: kept.found + (isMost ? fetched.found : 0),
        anomalies: [...worst.all.map((stale) => toKept(stale, staleness)), ...deleted],
        reason: `${kept.found} stale answers of eager regions were too old, ${fetched.found} of ${firsts} first reads of lazy regions after an update were answered by the origin`,
        doubt: kept.doubt ?? (isMost ? fetched.doubt : undefined),
      });
    },
  };
}

interface Knowledge {
  readonly history: History;
  readonly strategies: Strategies;
  readonly staleness: Staleness;
}

/**
 * Whether the region was eager when it applied what superseded the version of a read. What is gone does not come back
 * under another strategy.
 */
function isEagerFor({ region, endMs: toMs }: AnsweredRead, { by, atMs }: Known, { history, strategies, staleness }: Knowledge): boolean {
  const fromMs = sentMsOf(by, history);
  if (strategies.of(region, { fromMs, toMs }) === 'eager') return true;
  const applied = { fromMs, toMs: atMs + staleness.delayMsMax(region, { fromMs, toMs }) + staleness.epsilonMs };
  const isOnTime = !staleness.windows.touching(region).some((window) => overlaps(window, applied));
  return isOnTime && strategies.of(region, applied) === 'eager';
}

/**
 * When what superseded it was sent. Where its answer was lost a read shows it, perhaps long after a region has applied
 * it.
 */
function sentMsOf(by: Known['by'], history: History): number {
  if (by.kind !== 'read') return by.startMs;
  return history.change(by.writer ?? Number.NaN)?.startMs ?? Number.NEGATIVE_INFINITY;
}

/** An eager region that could have answered something old, or a lazy one that did. */
function isTelling(read: AnsweredRead, stale: StaleRead | undefined, { strategies, staleness }: Knowledge): boolean {
  const strategy = strategies.of(read.region, { fromMs: read.startMs, toMs: read.endMs });
  if (strategy === 'eager') return staleness.couldBeOld(read);
  return strategy === 'lazy' && read.status === 'stale' && stale !== undefined;
}

/** A cache that did not answer in time was passed by. */
function doubtOfFirst({ before, read }: FirstRead, staleness: Staleness): string | undefined {
  const during = [{ fromMs: before.startMs, toMs: read.endMs }];
  return staleness.doubtAbout({ region: read.region, during, excessMs: staleness.epsilonMs });
}

function toKept(stale: StaleRead, staleness: Staleness): Anomaly {
  const { read, superseding } = stale;
  return {
    anomaly: NAME,
    subKind: 'kept',
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${superseding.version} or later in ${read.region}, which is eager, got ${answerOf(read)}: ${staleness.becauseSince(stale, 'superseded')}`,
    witness: [superseding.by, read, ...staleness.faultsDuring(stale)],
  };
}

function toFetched({ before, write, read }: FirstRead, fetched: number, all: number): Anomaly {
  return {
    anomaly: NAME,
    subKind: 'deleted',
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${before.version} labelled stale from the cache in ${read.region}, which is lazy, got ${answerOf(read)}: ${fetched} of ${all} first reads after an update were answered by the origin`,
    witness: [before, write, read],
  };
}

/** What was in force in each region. */
class Strategies {
  /** By region, in their order. */
  readonly #changes: ReadonlyMap<string, readonly StrategyChange[]>;

  constructor(history: History) {
    const changes = [...history.of('strategy')].sort((one, other) => one.atMs - other.atMs);
    this.#changes = Map.groupBy(changes, ({ region }) => region);
  }

  /** undefined: not one and the same all the time, or not known. */
  of(region: string, { fromMs, toMs }: Interval): Strategy | undefined {
    let found: Strategy | undefined;
    for (const { atMs, strategy } of this.#changes.get(region) ?? []) {
      if (atMs <= fromMs) found = strategy;
      else if (atMs <= toMs && strategy !== found) return undefined;
    }
    return found;
  }
}

/** The first read of a key after an update, where the read before it found the key in the cache. */
interface FirstRead {
  readonly before: AnsweredRead;
  readonly write: AcknowledgedWrite;
  readonly read: AnsweredRead;
}

/** Looks for first reads that a lazy region must answer from the cache. */
class Updated {
  /** How many there were. */
  firsts = 0;
  /** The first that was fetched by nobody's fault but the region's. */
  certain: FirstRead | undefined;
  readonly fetched: Sieve<FirstRead>;
  readonly #knowledge: Knowledge;
  readonly #writes: ReadonlyMap<string, readonly WriteOperation[]>;
  readonly #purges: readonly PurgeOperation[];
  /** So many patterns that the oldest counts as a purge of all. */
  readonly #isFolded: boolean;
  /** By key in a region. */
  readonly #before = new Map<string, AnsweredRead>();

  constructor(knowledge: Knowledge) {
    const { changes } = knowledge.history;
    this.#knowledge = knowledge;
    this.#writes = Map.groupBy(
      changes.filter((change) => change.kind !== 'purge'),
      ({ key = '' }) => key,
    );
    this.#purges = changes.filter(
      (change): change is PurgeOperation => change.kind === 'purge' && change.mode === 'hard' && change.outcome !== 'fail',
    );
    const patterns = changes.flatMap((change) => (change.kind === 'purge' && change.type === 'pattern' ? [change.target] : []));
    this.#isFolded = new Set(patterns).size > PATTERNS_MAX;
    this.fetched = new Sieve(
      (first) => doubtOfFirst(first, knowledge.staleness),
      (first) => {
        this.certain ??= first;
      },
    );
  }

  /** In the order in which they began. */
  take(read: AnsweredRead): void {
    const cell = keyOf(read);
    const before = this.#before.get(cell);
    this.#before.set(cell, read);
    const first = before && this.#judge(before, read);
    if (first === undefined) return;
    this.firsts += 1;
    if (read.source === 'origin') this.fetched.add(first);
  }

  #judge(before: AnsweredRead, read: AnsweredRead): FirstRead | undefined {
    const { history, strategies, staleness } = this.#knowledge;
    if (before.source !== 'cache' || before.status !== 'fresh' || before.found === false || before.endMs > read.startMs) return undefined;
    if (read.source !== 'origin' && read.status !== 'stale') return undefined;
    // What is older may have come to its end by itself.
    const { freshMs = Number.POSITIVE_INFINITY, marksMax } = history.boundsOf(read.region);
    if (read.endMs >= freshMs || marksMax !== undefined) return undefined;
    const superseding = staleness.versions.supersededBefore({ ...read, version: before.version });
    if (superseding === undefined || superseding.by.kind !== 'update' || superseding.by.startMs < before.endMs) return undefined;
    const write = superseding.by;
    const { region, startMs, endMs } = read;
    const boundMs = staleness.delayMsMax(region, { fromMs: before.startMs, toMs: startMs }) + staleness.epsilonMs;
    if (write.endMs + boundMs >= startMs) return undefined;
    const during = { fromMs: before.startMs - boundMs, toMs: endMs };
    if (strategies.of(region, during) !== 'lazy' || !this.#isCalm(read, during)) return undefined;
    return { before, write, read };
  }

  /** Nothing but updates can have changed what the cache holds of the key. */
  #isCalm({ region, key }: AnsweredRead, during: Interval): boolean {
    const { windows } = this.#knowledge.staleness;
    if (windows.touching(region).some((window) => overlaps(window, during))) return false;
    if (windows.during(during).some((fault) => isEmptiedBy(fault, region))) return false;
    // Sent long before, it may arrive once more: the log brings each record at least once, and not always in order.
    if (this.#purges.some((purge) => purge.startMs < during.toMs && mayCover(purge, key, this.#isFolded))) return false;
    return (this.#writes.get(key) ?? []).every((write) => !isWithin(write, during) || (write.kind === 'update' && write.outcome === 'ok'));
  }
}

/** Which tags the key had when a purge arrived is not known, nor which patterns had become a purge of all by then. */
function mayCover({ type, target }: PurgeOperation, key: string, isFolded: boolean): boolean {
  if (type === 'pattern') return isFolded || isCovered(key, target);
  return type !== 'key' || target === key;
}

function isWithin({ startMs, endMs = Number.POSITIVE_INFINITY }: Change, { fromMs, toMs }: Interval): boolean {
  return startMs < toMs && endMs > fromMs;
}
