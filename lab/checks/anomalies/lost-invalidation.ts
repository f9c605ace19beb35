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
 * from the other, nor where the event may have been in no list. One anomaly for each key in a region. Behind because
 * the machine stood still while it was to catch up, it is not lost, but unknown.
 */
import { answerOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { AnsweredBefore, evidenceOf, type Knowledge, KnownOfLog, type Lost, type LostCell } from '../how-far.ts';
import { LastAnswers } from '../last-answers.ts';
import { doubtAboutLast } from '../late-answer.ts';
import { verdictOf } from '../verdict.ts';
import { isAnswered } from '../versions.ts';

const NAME = 'lost-invalidation';

export const lostInvalidation: Check = {
  name: NAME,
  about: 'after settle, a region still answers an older version, labelled fresh',
  begin,
};

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
