/**
 * lost-invalidation: after settle a region still answers an older version than the origin holds, and calls it fresh.
 *
 * Judged by the last final answer of each key in each region; one labelled stale knows of the change and is `mislabelled`. How far the
 * invalidation got is told by the last step there is evidence of:
 *
 *   unpublished   the log never took it: it is in no list of what was published, and no region applied it
 *   undelivered   published, but the region had records of the log before it that had not reached it
 *   unapplied     the region's offset is past it, or it waits in its queue, and its cache never took it, or says so without effect
 *   overwritten   applied there, or answered there before, and an older answer came back
 *
 * Without any evidence from the services there is no sub-kind, nor where only two clocks that differ could tell one from the other. One
 * anomaly for each key in a region. Behind because the machine stood still while it was to catch up, it is not lost, but unknown.
 */
import type { History } from '../../history/history.ts';
import type { Applied, EdgeSample, OriginSample, OriginState, Published } from '../../history/records.ts';
import { answerOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult, Witness } from '../check.ts';
import { sift } from '../doubt.ts';
import { doubtAboutLast } from '../late-answer.ts';
import { type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import { type Staleness, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import { type AcknowledgedWrite, type AnsweredRead, isAcknowledged, isAnswered } from '../versions.ts';
import { finalAnswers } from './divergence.ts';

const NAME = 'lost-invalidation';

export const lostInvalidation: Check = {
  name: NAME,
  about: 'a region still answers an older version after settle, called fresh',
  judge,
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

function judge(history: History, { regions, staleness: rule }: CheckContext): CheckResult {
  const finals = finalAnswers(history);
  const lost: Lost[] = [];
  let unread = 0;
  for (const origin of history.of('origin')) {
    for (const region of regions) {
      const read = finals.get(keyOf({ region, key: origin.key }));
      if (read === undefined || !isAnswered(read)) unread += 1;
      else if (read.version < origin.version && read.status === 'fresh') lost.push({ origin, read });
    }
  }
  const cells = history.of('origin').length * regions.length;
  const { certain, doubts } = sift(lost, ({ read }) => doubtAboutLast(history, read, rule));
  const known = certain.length === 0 ? undefined : new KnownOfLog(history);
  const anomalies = known === undefined ? [] : certain.map((found) => toAnomaly(found, known, stalenessOf(history, rule)));
  const reason = `${lost.length} of ${cells} keys are behind the origin after settle`;
  if (lost.length > 0) return verdictOf({ check: NAME, found: lost.length, anomalies, reason, doubts });
  if (cells === 0) return { check: NAME, verdict: 'unknown', reason: 'no key was written', anomalies };
  if (unread > 0) return { check: NAME, verdict: 'unknown', reason: `${unread} of ${cells} keys have no final answer`, anomalies };
  return { check: NAME, verdict: 'pass', reason, anomalies };
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
    this.#writes = new Map(history.operations.filter(isAcknowledged).map((write) => [`${write.key} ${write.version}`, write]));
  }

  writeOf({ key, version }: OriginState): AcknowledgedWrite | undefined {
    return this.#writes.get(`${key} ${version}`);
  }
}

function toAnomaly({ origin, read }: Lost, known: KnownOfLog, staleness: Staleness): Anomaly {
  const { subKind, because, shownBy } = evidenceOf({ origin, read }, known, staleness);
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

function evidenceOf({ origin: { key, version }, read }: Lost, known: KnownOfLog, staleness: Staleness): Evidence {
  const isOfIt = (event: Published | Applied) => (event.version ?? 0) >= version;
  const applied = known.applied.get(key)?.filter(isOfIt) ?? [];
  const seen = staleness.byKey
    .get(keyOf(read))
    ?.find((before) => before.version >= version && before.source === 'cache' && before.endMs <= read.startMs);
  if (seen !== undefined)
    return { subKind: 'overwritten', because: 'its cache had answered it, and an older answer came back', shownBy: [seen] };
  const here = applied.find(({ region }) => region === read.region);
  if (here !== undefined) return appliedHere(read, here, { known, staleness });
  const published = known.published.get(key)?.find(isOfIt) ?? applied[0];
  if (published === undefined) return notPublished(known);
  return notApplied([...new Set([published, ...applied.slice(0, 1)])], read.region, known);
}

function overwritten(here: Applied): Evidence {
  return { subKind: 'overwritten', because: 'the region had applied it, and an older answer came back', shownBy: [here] };
}

function withoutEffect(here: Applied): Evidence {
  return { subKind: 'unapplied', because: 'the region says that it applied it, and what it held before is still there', shownBy: [here] };
}

interface Knowledge {
  readonly known: KnownOfLog;
  readonly staleness: Staleness;
}

/**
 * Whether the entry was in the cache when the event was applied: it had been answered before, or was fetched too long before to come in after
 * it. When it was applied the edge tells by its own clock, as when the entry was fetched: the two compare if that clock was not set.
 */
function appliedHere(read: AnsweredRead, here: Applied, { known: { clocks }, staleness }: Knowledge): Evidence {
  const clock = clocks.edge(read.region);
  const applied = clock.onRunClock(here.appliedMs);
  const { cachedMs } = read;
  if (cachedMs === undefined) return overwritten(here);
  const answered = staleness.byKey.get(keyOf(read)) ?? [];
  const isSameEntry = (before: AnsweredRead) =>
    before.version === read.version && before.cachedMs === cachedMs && before.source === 'cache' && !clock.wasSetBack;
  const beforeMs = Math.min(...answered.filter(isSameEntry).map(({ endMs }) => endMs));
  const isTooLongAgo = here.appliedMs - cachedMs > staleness.fetchDeadlineMs(read.region);
  if (beforeMs < applied.fromMs || (!clock.wasSet && isTooLongAgo)) return withoutEffect(here);
  if (beforeMs < applied.toMs || (clock.wasSet && isTooLongAgo)) return inDoubt(here);
  return overwritten(here);
}

function inDoubt(here: Applied): Evidence {
  const because = 'the region says that it applied it; whether what it answers is from before, clocks that differ do not tell';
  return { subKind: undefined, because, shownBy: [here] };
}

function notPublished({ originSamples }: KnownOfLog): Evidence {
  const last = originSamples.at(-1);
  if (last === undefined) return { subKind: undefined, because: 'nothing is known of what was published', shownBy: [] };
  const because = last.pending > 0 ? `${last.pending} events were still in the outbox` : 'the log never took its event';
  return { subKind: 'unpublished', because, shownBy: [last] };
}

/** `events`: that it was published, and what another region applied, which knows where it is in the log. */
function notApplied(events: readonly (Published | Applied)[], region: string, { edgeSamples }: KnownOfLog): Evidence {
  const last = edgeSamples.findLast((sample) => sample.region === region);
  if (last === undefined) return { subKind: undefined, because: 'nothing is known of what the region applied', shownBy: events };
  const shownBy = [...events, last];
  const it = placeOf(events);
  if (last.lag === 0) return { subKind: 'unapplied', because: `the region is past ${it} in the log and never applied it`, shownBy };
  if (last.queued > 0) return { subKind: 'unapplied', because: `${last.queued} events waited in the region`, shownBy };
  const behind = last.lag === null ? 'the log did not answer the region' : `the region was ${last.lag} events behind the log`;
  return { subKind: 'undelivered', because: it === 'it' ? behind : `${behind}, and it is ${it}`, shownBy };
}

function placeOf(events: readonly (Published | Applied)[]): string {
  const at = events.find((event) => 'offset' in event && event.offset !== undefined);
  return at !== undefined && 'offset' in at ? `offset ${at.offset} of partition ${at.partition}` : 'it';
}
