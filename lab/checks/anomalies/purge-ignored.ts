/**
 * purge-ignored: an answer that was fetched before a purge that covers it, to a read that began after the purge's
 * bound. After a hard purge under whatever label; after a soft one only labelled fresh.
 *
 * `cached_at` says when the origin was asked, by the edge's wall clock. It counts as before the purge only where no
 * clock can explain it away: the same entry had been answered before the purge was sent, or the edge's clock, as it was
 * asked again and again, cannot have shown that time later (`service-clocks.ts`). Where it is likely and no more, the
 * verdict is unknown. The bound is the purge's acknowledgement, the delay and epsilon, outside faults. A purge that was
 * not acknowledged may not have happened. By tag it covers contents that carry it, and no 404. One anomaly for each
 * version of a key in a region.
 */
import type { History } from '../../history/history.ts';
import { firstIndex } from '../../history/ordered.ts';
import type { PurgeOperation } from '../../history/records.ts';
import { tagOf, tagsWith } from '../../load/slots.ts';
import { answerOf, entryOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Evidence } from '../evidence.ts';
import { isCovered } from '../pattern.ts';
import { type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { sieveOfWorst, verdictOf } from '../verdict.ts';
import { type AnsweredRead, isAcknowledged } from '../versions.ts';

const NAME = 'purge-ignored';

export const purgeIgnored: Check = {
  name: NAME,
  about: 'an answer was fetched before a purge that covers it, and served after the bound of that purge',
  needs: ['fetch-time'],
  begin,
};

/** What a likely time may be off by, of clocks that are the same. */
const LIKELY_MS = 20;

type AcknowledgedPurge = PurgeOperation & { readonly endMs: number };
interface Ignored extends Omit<StaleRead, 'superseding'> {
  readonly purge: AcknowledgedPurge;
  /** When the origin was likely asked. */
  readonly fetchedMs: number;
  /** It was asked before the purge was sent, whatever any clock says. */
  readonly isCertain: boolean;
}

function begin({ history, staleness }: CheckInput): Judging {
  const purges = new Purges(history);
  const fetched = new Fetched(history);
  const { sieve, worst } = sieveOfWorst<Ignored>(
    staleness,
    (stale) => staleness.doubtOf(stale) ?? (stale.isCertain ? undefined : BY_ITS_CLOCK),
  );
  const evidence = new Evidence(staleness);
  return {
    answer: (read) => {
      if (purges.isEmpty || !isDated(read)) return;
      fetched.take(read);
      const covering = purges.covering(read);
      if (covering.earliestMs >= read.startMs) return;
      evidence.add(read, covering.earliestMs);
      const { latestMs, likelyMs } = fetched.of(read);
      const found = (afterMs: number, isCertain: boolean) => {
        const purge = covering.firstAfter(afterMs);
        if (purge === undefined || purge.endMs >= read.startMs) return undefined;
        const stale = { ...staleness.judgeSince(read, purge.endMs), purge, fetchedMs: likelyMs, isCertain };
        return staleness.excessMs(stale) > 0 ? stale : undefined;
      };
      const ignored = found(latestMs, true) ?? found(likelyMs + LIKELY_MS, false);
      if (ignored !== undefined) sieve.add(ignored);
    },
    result: () => {
      const why = evidence.whyNone('began after a purge that covers them');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const anomalies = worst.all.map((stale) => toAnomaly(stale, staleness));
      const reason = `${sieve.found} of ${evidence.judged} reads after a purge got an answer that was fetched before the purge`;
      return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
    },
  };
}

const BY_ITS_CLOCK = "by the edge's clock, which may differ from the lab's clock";

type DatedRead = AnsweredRead & { readonly cachedMs: number };

function isDated(read: AnsweredRead): read is DatedRead {
  return read.cachedMs !== undefined;
}

/**
 * When the origin was asked for what a read was answered, by the answers so far. Of those that begin later none has
 * ended before the read began, so none shows an entry before a purge that the read came after.
 */
class Fetched {
  readonly #clocks: ServiceClocks;
  /** When each entry was answered first: it was fetched before. */
  readonly #seenMs = new Map<string, number>();
  /** When each version was sent: it was fetched after. */
  readonly #sentMs = new Map<string, number>();

  constructor(history: History) {
    this.#clocks = serviceClocksOf(history);
    for (const write of history.changes) if (isAcknowledged(write)) this.#sentMs.set(`${write.key} ${write.version}`, write.startMs);
  }

  /** In the order in which they began. */
  take(read: DatedRead): void {
    const entry = entryOf(read);
    this.#seenMs.set(entry, Math.min(read.endMs, this.#seenMs.get(entry) ?? read.endMs));
  }

  of(read: DatedRead): { readonly latestMs: number; readonly likelyMs: number } {
    const clock = this.#clocks.edge(read.region);
    const seenMs = this.#seenMs.get(entryOf(read)) ?? read.endMs;
    const fromMs = this.#sentMs.get(`${read.key} ${read.version}`) ?? Number.NEGATIVE_INFINITY;
    // A clock that went back may show one time twice: then two entries look like one.
    const { toMs, likelyMs } = clock.onRunClock(read.cachedMs, { fromMs, toMs: clock.wasSetBack ? read.endMs : seenMs });
    return { latestMs: toMs, likelyMs };
  }
}

function toAnomaly(stale: Ignored, staleness: Staleness): Anomaly {
  const { read, purge, fetchedMs } = stale;
  const wanted = purge.mode === 'hard' ? 'an answer fetched after' : 'no answer labelled fresh that was fetched before';
  const beforeMs = Math.round(purge.startMs - fetchedMs);
  const target = purge.type === 'all' ? 'all' : `${purge.type} ${purge.target}`;
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected ${wanted} the ${purge.mode} purge of ${target} in ${read.region}, got ${answerOf(read)}, fetched ${beforeMs} ms before the purge by the edge's clock: ${staleness.becauseSince(stale, 'purged')}`,
    witness: [purge, read, ...staleness.faultsDuring(stale)],
  };
}

/** Acknowledged purges that cover the same answers. */
class Covering {
  /** By the time they were sent. */
  readonly #purges: readonly AcknowledgedPurge[];
  /** For each of those, the one of it and all later that was acknowledged first. */
  readonly #first: readonly AcknowledgedPurge[];
  /** When the first of them was acknowledged. */
  readonly earliestMs: number;

  constructor(purges: readonly AcknowledgedPurge[]) {
    this.#purges = [...purges].sort((one, other) => one.startMs - other.startMs);
    const first: AcknowledgedPurge[] = [];
    for (const purge of this.#purges.toReversed()) {
      const later = first.at(-1);
      first.push(later !== undefined && later.endMs < purge.endMs ? later : purge);
    }
    this.#first = first.reverse();
    this.earliestMs = this.#first[0]?.endMs ?? Number.POSITIVE_INFINITY;
  }

  /** Of those sent later than `ms`, the one acknowledged first. */
  firstAfter(ms: number): AcknowledgedPurge | undefined {
    return this.#first[firstIndex(this.#purges.length, (at) => (this.#purges[at]?.startMs ?? 0) > ms)];
  }
}

class Purges {
  readonly #purges: readonly AcknowledgedPurge[];
  readonly #covering = new Map<string, Covering>();
  /** By the write that a body is of: the content's own tag. */
  readonly #tags = new Map<number, string>();

  constructor(history: History) {
    for (const change of history.changes)
      if (change.kind === 'create' || change.kind === 'update') this.#tags.set(change.id, change.tag ?? tagOf(change.slot));
    this.#purges = history.changes.filter(
      (change): change is AcknowledgedPurge => change.kind === 'purge' && change.outcome === 'ok' && change.endMs !== undefined,
    );
  }

  get isEmpty(): boolean {
    return this.#purges.length === 0;
  }

  /** A soft purge asks nothing of an answer labelled stale. */
  covering({ key, slot, status, found, writer }: AnsweredRead): Covering {
    const tag = this.#tags.get(writer ?? Number.NaN) ?? tagOf(slot);
    const name = `${key} ${tag} ${status} ${found}`;
    const known = this.#covering.get(name);
    if (known !== undefined) return known;
    const tags = found === false ? [] : tagsWith(tag);
    const of = this.#purges.filter((purge) => (purge.mode === 'hard' || status === 'fresh') && covers(purge, key, tags));
    const covering = new Covering(of);
    this.#covering.set(name, covering);
    return covering;
  }
}

function covers({ type, target }: PurgeOperation, key: string, tags: readonly string[]): boolean {
  switch (type) {
    case 'key':
      return target === key;
    case 'tag':
      return tags.includes(target);
    case 'pattern':
      return isCovered(key, target);
    case 'all':
      return true;
  }
}
