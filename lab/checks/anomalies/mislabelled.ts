/**
 * mislabelled: a region calls an answer stale for ever, though the origin can be reached; or it calls a 404 stale; or
 * it calls a content fresh after its lifetime.
 *
 * An answer labelled stale asks for a revalidation, which takes at most one fetch. So after a fetch's deadline and
 * epsilon, outside faults, neither may the same entry (same version, same `cached_at`) be answered labelled stale
 * again, nor may the last answer of a key be so labelled when it was asked for again and again for longer than that at
 * the end. An old version labelled stale before the end is `stale-after-bound`. An edge that a lease makes call
 * everything stale, because a clock is wrong, is not asked for it.
 *
 * A 404 is answered fresh or not at all: an old "not there" must not outlive the creation of what is asked for. No
 * fault excuses it. A cache that promises no such thing (`bounds.staleMissing`) is not asked for it.
 *
 * A content is fresh for its lifetime since the origin was asked for it, by the edge's own clock. Where that clock can
 * have run so slowly, or was set, nothing is said. No fault excuses it.
 *
 * One anomaly of each kind for each key in a region.
 */
import { answerOf, entryOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { DRIFT_MAX, type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import { isStaleByClock } from '../stale-by-clock.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead } from '../versions.ts';

const NAME = 'mislabelled';

export const mislabelled: Check = {
  name: NAME,
  about:
    'a region labels an answer stale for ever though the origin can be reached, labels a 404 stale, or labels a content fresh after its lifetime',
  begin,
};

/** Two answers labelled stale, the first of which asked for what the other should have had. */
interface StillStale extends Pick<StaleRead, 'interval' | 'path' | 'stalenessMs' | 'allowedMs' | 'unseenMs'> {
  readonly first: AnsweredRead;
  readonly read: AnsweredRead;
}

function begin({ history, staleness }: CheckInput): Judging {
  const clocks = serviceClocksOf(history);
  const entries = new StaleEntries(staleness);
  const finals = new Map<string, Finals>();
  const missing = new Map<string, Anomaly>();
  const expired = new Map<string, Anomaly>();
  const isExpired = (ageMs: number, freshMs: number) => ageMs > freshMs * (1 + DRIFT_MAX) + staleness.epsilonMs;
  const still = new Map<string, StillStale>();
  const sieve = new Sieve<StillStale>(
    (found) => staleness.doubtOf(found) ?? doubtAboutEntry(found, clocks),
    (found) => still.set(keyOf(found.read), found),
  );
  let [labelled, missed, outlived] = [0, 0, 0];
  const add = (found: StillStale | undefined) => {
    if (found !== undefined && staleness.excessMs(found) > 0) sieve.add(found);
  };
  return {
    answer: (read, stale) => {
      if (read.final) finals.set(keyOf(read), { first: finals.get(keyOf(read))?.first ?? read, last: read });
      if (read.status === 'fresh') {
        const { freshMs } = history.boundsOf(read.region);
        const ageMs = freshMs === undefined ? undefined : ageAtLeastMs(read, clocks);
        if (freshMs === undefined || ageMs === undefined || !isExpired(ageMs, freshMs)) return;
        outlived += 1;
        if (!expired.has(keyOf(read))) expired.set(keyOf(read), toExpired(read, ageMs, freshMs));
        return;
      }
      labelled += 1;
      if (read.found === false && history.boundsOf(read.region).staleMissing !== true) {
        missed += 1;
        missing.set(keyOf(read), toMissing(read));
      }
      if (!isStaleByClock(history, read.region)) add(entries.again(read, stale !== undefined));
    },
    result: () => {
      const { answers } = staleness.versions;
      const why = staleness.whyNone(answers, 'are there');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const ends = [...finals.values()].filter(({ last }) => last.status === 'stale' && !isStaleByClock(history, last.region));
      for (const { first, last } of ends) add(toStillStale(first, last, staleness));
      const anomalies = [...missing.values(), ...expired.values(), ...[...still.values()].map((found) => toAnomaly(found, staleness))];
      const reason = `${sieve.found} of ${labelled} answers labelled stale kept that label after one fetch, ${missed} were 404s; ${outlived} of ${answers} answers were labelled fresh after their lifetime`;
      const result = verdictOf({ check: NAME, found: sieve.found + missed + outlived, anomalies, reason, doubt: sieve.doubt });
      if (result.verdict !== 'pass' || ends.length === 0) return result;
      return {
        ...result,
        verdict: 'unknown',
        reason: `${ends.length} of the last answers were labelled stale, and their keys were read again for less time than one fetch takes`,
      };
    },
  };
}

/** Of a key in a region. */
interface Finals {
  readonly first: AnsweredRead;
  readonly last: AnsweredRead;
}

/** What was fetched at one time is one entry, unless the edge's clock showed that time twice. */
function doubtAboutEntry({ read }: StillStale, clocks: ServiceClocks): string | undefined {
  const isOneByItsClock = !read.final && clocks.edge(read.region).wasSetBack;
  return isOneByItsClock ? "by the edge's clock, which was set back" : undefined;
}

/** Entries that were answered labelled stale, by the first answer of each that ended. */
class StaleEntries {
  readonly #staleness: Staleness;
  readonly #first = new Map<string, AnsweredRead>();

  constructor(staleness: Staleness) {
    this.#staleness = staleness;
  }

  /** The same entry, answered again; an old version is for others to judge. */
  again(read: AnsweredRead, isOld: boolean): StillStale | undefined {
    if (read.cachedMs === undefined || this.#staleness.isDisturbed(read)) return undefined;
    const entry = entryOf(read);
    const before = this.#first.get(entry);
    if (before === undefined || read.endMs < before.endMs) this.#first.set(entry, read);
    return before === undefined || isOld ? undefined : toStillStale(before, read, this.#staleness);
  }
}

function toStillStale(first: AnsweredRead, read: AnsweredRead, staleness: Staleness): StillStale {
  const interval = { fromMs: Math.min(first.endMs, read.startMs), toMs: read.startMs };
  const measured = staleness.measure({ region: read.region, status: 'stale' }, interval);
  return { first, read, ...measured, allowedMs: staleness.revalidatedMs(read.region) };
}

function toMissing(read: AnsweredRead): Anomaly {
  const explain = `expected a fresh answer or none in ${read.region}, got ${answerOf(read)}: a 404 is never served as stale`;
  return { anomaly: NAME, subKind: 'missing', region: read.region, key: read.key, version: read.version, explain, witness: [read] };
}

/** How long before the read the origin was asked, at least; undefined where nobody can say. */
function ageAtLeastMs({ region, startMs, cachedMs, source, found }: AnsweredRead, clocks: ServiceClocks): number | undefined {
  const clock = clocks.edge(region);
  // A 404 has a lifetime of its own, which nobody tells.
  if (cachedMs === undefined || source !== 'cache' || found !== true || clock.wasSet) return undefined;
  return startMs - clock.onRunClock(cachedMs).toMs;
}

function toExpired(read: AnsweredRead, ageMs: number, freshMs: number): Anomaly {
  const explain = `expected from the cache in ${read.region} an answer at most ${freshMs} ms old, or one labelled stale, got ${answerOf(read)}: it was fetched at least ${Math.round(ageMs)} ms before the read`;
  return { anomaly: NAME, subKind: 'expired', region: read.region, key: read.key, version: read.version, explain, witness: [read] };
}

function toAnomaly(found: StillStale, staleness: Staleness): Anomaly {
  const { first, read } = found;
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected a fresh answer in ${read.region}, got ${answerOf(read)}: ${staleness.becauseSince(found, 'first labelled stale')}`,
    witness: first === read ? [read] : [first, read, ...staleness.faultsDuring(found)],
  };
}
