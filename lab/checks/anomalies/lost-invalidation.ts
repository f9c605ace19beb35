/**
 * lost-invalidation: after settle a region still answers an older version than the origin holds, and calls it fresh.
 *
 * Judged by the last final answer of each key in each region; one labelled stale knows of the change and is
 * `mislabelled`. How far the invalidation got is told by the last step there is evidence of:
 *
 *   unpublished   the log never took it: it is in no list of what was published, and no region applied it
 *   undelivered   published, but the region had records of the log before it that had not reached it
 *   unapplied     the region's offset is past it, or it waits in its queue, and its cache never took it, or says so
 *                 without effect
 *   overwritten   applied there, or answered there before, and an older answer came back
 *
 * Without any evidence from the services there is no sub-kind, nor where only two clocks that differ could tell one
 * from the other. One anomaly for each key in a region. Behind because the machine stood still while it was to catch
 * up, it is not lost, but unknown.
 */
import type { History } from '../../history/history.ts';
import type { Applied, EdgeSample, OriginSample, OriginState, Published } from '../../history/records.ts';
import { plural, pluralWere } from '../../input/plural.ts';
import { answerOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging, Witness } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { LastAnswers } from '../last-answers.ts';
import { doubtAboutLast } from '../late-answer.ts';
import { type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import type { Staleness } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import { type AcknowledgedWrite, type AnsweredRead, isAcknowledged, isAnswered } from '../versions.ts';

const NAME = 'lost-invalidation';

export const lostInvalidation: Check = {
  name: NAME,
  about: 'after settle, a region still answers an older version, labelled fresh',
  begin,
};

interface Lost {
  readonly origin: OriginState;
  readonly read: AnsweredRead;
}

/** How far it got, and what shows it. */
interface Evidence {
  readonly subKind: 'unpublished' | 'undelivered' | 'unapplied' | 'overwritten' | undefined;
  readonly because: string;
  readonly shownBy: readonly Witness[];
}

function begin(input: CheckInput): Judging {
  const lastAnswers = new LastAnswers();
  return { read: (read) => lastAnswers.take(read), result: () => judge(input, lastAnswers) };
}

function judge(input: CheckInput, lastAnswers: LastAnswers): CheckResult {
  const { history, regions } = input;
  const certain: Lost[] = [];
  const sieve = new Sieve<Lost>(
    ({ read }) => doubtAboutLast(read, { input, lastAnswers }),
    (lost) => certain.push(lost),
  );
  let unread = 0;
  for (const origin of history.of('origin')) {
    for (const region of regions) {
      const read = lastAnswers.last({ region, key: origin.key });
      if (read === undefined || !isAnswered(read)) unread += 1;
      else if (read.version < origin.version && read.status === 'fresh') sieve.add({ origin, read });
    }
  }
  const cells = history.of('origin').length * regions.length;
  const anomalies = toAnomalies(certain, input);
  const reason = `${sieve.found} of ${cells} keys are behind the origin after settle`;
  if (sieve.found > 0) return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
  if (cells === 0) return { check: NAME, verdict: 'unknown', reason: 'no key was written', anomalies };
  if (unread > 0) return { check: NAME, verdict: 'unknown', reason: `${unread} of ${cells} keys have no final answer`, anomalies };
  return { check: NAME, verdict: 'pass', reason, anomalies };
}

/**
 * What was answered of a lost key in its region before the last answer is found in another pass: most runs have none.
 */
function toAnomalies(lost: readonly Lost[], { history, staleness }: CheckInput): readonly Anomaly[] {
  if (lost.length === 0) return [];
  const known = new KnownOfLog(history);
  const cells = new Map(lost.map((one) => [keyOf(one.read), { ...one, answered: new AnsweredBefore(one) }]));
  for (const read of history.reads) if (isAnswered(read)) cells.get(keyOf(read))?.answered.take(read);
  return [...cells.values()].map((one) => toAnomaly(one, { known, staleness }));
}

/** What the region had answered of a key before its last answer. */
class AnsweredBefore {
  readonly #lost: Lost;
  /** The first from its cache with the version that was lost. */
  seen: AnsweredRead | undefined;
  /** When the entry of the last answer was answered first. */
  entryMs = Number.POSITIVE_INFINITY;

  constructor(lost: Lost) {
    this.#lost = lost;
  }

  take(answer: AnsweredRead): void {
    const { origin, read } = this.#lost;
    if (answer.source !== 'cache') return;
    if (answer.version >= origin.version && answer.endMs <= read.startMs) this.seen ??= answer;
    const isSameEntry = answer.version === read.version && answer.cachedMs === read.cachedMs;
    if (isSameEntry) this.entryMs = Math.min(this.entryMs, answer.endMs);
  }
}

interface LostCell extends Lost {
  readonly answered: AnsweredBefore;
}

interface Knowledge {
  readonly known: KnownOfLog;
  readonly staleness: Staleness;
}

/** What is known of each key's events. */
class KnownOfLog {
  readonly published: ReadonlyMap<string, readonly Published[]>;
  readonly applied: ReadonlyMap<string, readonly Applied[]>;
  readonly originSamples: readonly OriginSample[];
  readonly edgeSamples: readonly EdgeSample[];
  readonly clocks: ServiceClocks;
  readonly #writes: ReadonlyMap<string, AcknowledgedWrite>;

  constructor(history: History) {
    this.clocks = serviceClocksOf(history);
    this.published = Map.groupBy(history.of('published'), ({ target }) => target);
    this.applied = Map.groupBy(history.of('applied'), ({ target }) => target);
    this.originSamples = history.of('origin-sample');
    this.edgeSamples = history.of('edge-sample');
    this.#writes = new Map(history.changes.filter(isAcknowledged).map((write) => [`${write.key} ${write.version}`, write]));
  }

  writeOf({ key, version }: OriginState): AcknowledgedWrite | undefined {
    return this.#writes.get(`${key} ${version}`);
  }
}

function toAnomaly(lost: LostCell, { known, staleness }: Knowledge): Anomaly {
  const { origin, read } = lost;
  const { subKind, because, shownBy } = evidenceOf(lost, { known, staleness });
  const write = known.writeOf(origin);
  const expected = origin.deleted ? `the deletion at version ${origin.version}` : `version ${origin.version}`;
  const faults = staleness.windows.during({ fromMs: write?.endMs ?? read.startMs, toMs: read.startMs });
  const then = faults.length === 0 ? '' : `; faults since: ${faults.map(({ fault, target }) => `${fault} ${target.text}`).join(', ')}`;
  return {
    anomaly: NAME,
    ...(subKind === undefined ? {} : { subKind }),
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected ${expected} in ${read.region}, got ${answerOf(read)} after settle: ${because}${then}`,
    witness: [write ?? origin, ...shownBy, read, ...faults],
  };
}

function evidenceOf({ origin: { key, version }, read, answered }: LostCell, { known, staleness }: Knowledge): Evidence {
  const isOfIt = (event: Published | Applied) => (event.version ?? 0) >= version;
  const applied = known.applied.get(key)?.filter(isOfIt) ?? [];
  const { seen } = answered;
  if (seen !== undefined)
    return {
      subKind: 'overwritten',
      because: `the cache had answered version ${seen.version} before, and an older version came back`,
      shownBy: [seen],
    };
  const here = applied.find(({ region }) => region === read.region);
  if (here !== undefined) return appliedHere({ read, answered }, here, { known, staleness });
  const published = known.published.get(key)?.find(isOfIt) ?? applied[0];
  if (published === undefined) return notPublished(known);
  return notApplied([...new Set([published, ...applied.slice(0, 1)])], read.region, known);
}

function overwritten(here: Applied): Evidence {
  return { subKind: 'overwritten', because: 'the region had applied the invalidation, and an older version came back', shownBy: [here] };
}

function withoutEffect(here: Applied): Evidence {
  return {
    subKind: 'unapplied',
    because: 'the region reports that it applied the invalidation, and its older entry is still there',
    shownBy: [here],
  };
}

/**
 * Whether the entry was in the cache when the event was applied: it had been answered before, or was fetched too long
 * before to come in after it. When it was applied the edge tells by its own clock, as when the entry was fetched: the
 * two compare if that clock was not set.
 */
function appliedHere({ read, answered }: Omit<LostCell, 'origin'>, here: Applied, { known: { clocks }, staleness }: Knowledge): Evidence {
  const clock = clocks.edge(read.region);
  const applied = clock.onRunClock(here.appliedMs);
  const { cachedMs } = read;
  if (cachedMs === undefined) return overwritten(here);
  // A clock that was set back shows one time twice: then two entries look like one.
  const beforeMs = clock.wasSetBack ? Number.POSITIVE_INFINITY : answered.entryMs;
  const isTooLongAgo = here.appliedMs - cachedMs > staleness.fetchDeadlineMs(read.region);
  if (beforeMs < applied.fromMs || (!clock.wasSet && isTooLongAgo)) return withoutEffect(here);
  if (beforeMs < applied.toMs || (clock.wasSet && isTooLongAgo)) return inDoubt(here);
  return overwritten(here);
}

function inDoubt(here: Applied): Evidence {
  const because = 'the region reports that it applied the invalidation; its clock does not show whether its entry is older';
  return { subKind: undefined, because, shownBy: [here] };
}

function notPublished({ originSamples }: KnownOfLog): Evidence {
  const last = originSamples.at(-1);
  if (last === undefined) return { subKind: undefined, because: 'no sample of the origin shows what was published', shownBy: [] };
  const because =
    last.pending > 0 ? `${pluralWere(last.pending, 'event')} still in the outbox` : 'the log never took the event of this version';
  return { subKind: 'unpublished', because, shownBy: [last] };
}

/** `events`: that it was published, and what another region applied, which knows where it is in the log. */
function notApplied(events: readonly (Published | Applied)[], region: string, { edgeSamples }: KnownOfLog): Evidence {
  const last = edgeSamples.findLast((sample) => sample.region === region);
  if (last === undefined) return { subKind: undefined, because: 'no sample of the region shows what it applied', shownBy: events };
  const shownBy = [...events, last];
  const place = placeOf(events);
  const event = place === undefined ? 'the event' : `the event at ${place}`;
  if (last.lag === 0) return { subKind: 'unapplied', because: `the region is past ${event} in the log and never applied it`, shownBy };
  if (last.queued > 0) return { subKind: 'unapplied', because: `${plural(last.queued, 'event')} waited in the region`, shownBy };
  const behind = last.lag === null ? 'the log did not answer the region' : `the region was ${plural(last.lag, 'event')} behind the log`;
  return { subKind: 'undelivered', because: place === undefined ? behind : `${behind}; the event is at ${place}`, shownBy };
}

function placeOf(events: readonly (Published | Applied)[]): string | undefined {
  const at = events.find((event) => 'offset' in event && event.offset !== undefined);
  return at !== undefined && 'offset' in at ? `offset ${at.offset} of partition ${at.partition}` : undefined;
}
