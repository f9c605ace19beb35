/**
 * lost-invalidation: after settle a region still answers an older version than the origin holds, and calls it fresh.
 *
 * Judged by the last final answer of each key in each region; one labelled stale knows of the change and is `mislabelled`. How far the
 * invalidation got is told by the last step there is evidence of:
 *
 *   unpublished   the log never took it: it is in no list of what was published, and no region applied it
 *   undelivered   published, but the region had records of the log before it that had not reached it
 *   unapplied     the region's offset is past it, or it waits in its queue, and its cache never took it
 *   overwritten   applied there, or answered there before, and an older answer came back
 *
 * Without any evidence from the services there is no sub-kind. One anomaly for each key in a region.
 */
import type { History } from '../load/history.ts';
import type { Applied, OriginState, Published } from '../load/records.ts';
import type { Anomaly, Check, CheckContext, CheckResult, Witness } from './check.ts';
import { finalAnswers } from './divergence.ts';
import { answerOf, keyOf, type Staleness, stalenessOf } from './staleness.ts';
import { type AnsweredRead, isAcknowledged, isAnswered } from './versions.ts';

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
  for (const origin of history.origin) {
    for (const region of regions) {
      const read = finals.get(keyOf({ region, key: origin.key }));
      if (read === undefined || !isAnswered(read)) unread += 1;
      else if (read.version < origin.version && read.status === 'fresh') lost.push({ origin, read });
    }
  }
  const cells = history.origin.length * regions.length;
  const anomalies = lost.map((found) => toAnomaly(found, history, stalenessOf(history, rule)));
  const reason = `${lost.length} of ${cells} keys are behind the origin after settle`;
  if (lost.length > 0) return { check: NAME, verdict: 'fail', reason, anomalies };
  if (cells === 0) return { check: NAME, verdict: 'unknown', reason: 'no key was written', anomalies };
  if (unread > 0) return { check: NAME, verdict: 'unknown', reason: `${unread} of ${cells} keys have no final answer`, anomalies };
  return { check: NAME, verdict: 'pass', reason, anomalies };
}

function toAnomaly({ origin, read }: Lost, history: History, staleness: Staleness): Anomaly {
  const { subKind, because, shownBy } = evidenceOf({ origin, read }, history, staleness);
  const write = history.operations.find(
    (operation) => isAcknowledged(operation) && operation.key === origin.key && operation.version === origin.version,
  );
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

function evidenceOf({ origin: { key, version }, read }: Lost, history: History, staleness: Staleness): Evidence {
  const isOfIt = (event: Published | Applied) => event.target === key && (event.version ?? 0) >= version;
  const applied = history.applied.filter(isOfIt);
  const here = applied.find(({ region }) => region === read.region);
  if (here !== undefined)
    return { subKind: 'overwritten', because: 'the region had applied it, and an older answer came back', shownBy: [here] };
  const seen = staleness.byKey
    .get(keyOf(read))
    ?.find((before) => before.version >= version && before.source === 'cache' && before.endMs <= read.startMs);
  if (seen !== undefined)
    return { subKind: 'overwritten', because: 'its cache had answered it, and an older answer came back', shownBy: [seen] };
  const published = history.published.find(isOfIt) ?? applied[0];
  if (published === undefined) return notPublished(history);
  return notApplied(published, read.region, history);
}

function notPublished({ originSamples }: History): Evidence {
  const last = originSamples.at(-1);
  if (last === undefined) return { subKind: undefined, because: 'nothing is known of what was published', shownBy: [] };
  const because = last.pending > 0 ? `${last.pending} events were still in the outbox` : 'the log never took its event';
  return { subKind: 'unpublished', because, shownBy: [last] };
}

function notApplied(published: Published | Applied, region: string, { edgeSamples }: History): Evidence {
  const last = edgeSamples.findLast((sample) => sample.region === region);
  if (last === undefined) return { subKind: undefined, because: 'nothing is known of what the region applied', shownBy: [published] };
  const shownBy = [published, last];
  if (last.lag === 0) return { subKind: 'unapplied', because: 'the region is past it in the log and never applied it', shownBy };
  if (last.queued > 0) return { subKind: 'unapplied', because: `${last.queued} events waited in the region`, shownBy };
  const behind = last.lag === null ? 'the log did not answer the region' : `the region was ${last.lag} events behind the log`;
  return { subKind: 'undelivered', because: behind, shownBy };
}
