/**
 * divergence: after settle, a region does not serve what the origin holds.
 *
 * Judged by the final read of each key in each region, which the run repeats while it is labelled stale. A key without
 * a final answer in some region makes the verdict unknown: nothing measured is never a pass. So does one that is behind
 * because the machine stood still while the region was to catch up.
 */
import type { Change, OriginState, ReadOperation } from '../../history/records.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { LastAnswers } from '../last-answers.ts';
import { doubtAboutLast } from '../late-answer.ts';
import { isStaleByClock } from '../stale-by-clock.ts';
import { verdictOf } from '../verdict.ts';

const NAME = 'divergence';

export const divergence: Check = {
  name: NAME,
  about: 'after settle, a region answers something else than the origin holds',
  begin,
};

interface Differing {
  readonly region: string;
  readonly origin: OriginState;
  readonly read: ReadOperation;
}

function begin(input: CheckInput): Judging {
  const lastAnswers = new LastAnswers();
  return { read: (read) => lastAnswers.take(read), result: () => judge(input, lastAnswers) };
}

function judge(input: CheckInput, lastAnswers: LastAnswers): CheckResult {
  const { history, regions } = input;
  const doubtful = new Set(history.changes.filter(isDoubtfulWrite).map(({ slot }) => slot));
  const anomalies: Anomaly[] = [];
  const sieve = new Sieve<Differing>(
    ({ origin, read }) => (isBehind(read, origin) ? doubtAboutLast(read, { input, lastAnswers }) : undefined),
    (differing) => anomalies.push(toAnomaly(differing)),
  );
  let unread = 0;
  for (const origin of history.of('origin')) {
    for (const region of regions) {
      const read = lastAnswers.last({ region, key: origin.key });
      const isNewer = (read?.version ?? 0) > origin.version && doubtful.has(origin.slot);
      if (read === undefined || isNewer) unread += 1;
      else if (!agrees(read, origin, isStaleByClock(history, region))) sieve.add({ region, origin, read });
    }
  }
  const cells = history.of('origin').length * regions.length;
  if (sieve.found > 0) {
    const reason = `${sieve.found} of ${cells} keys differ from the origin`;
    return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
  }
  if (cells === 0) return { check: NAME, verdict: 'unknown', reason: 'no key was written', anomalies };
  if (unread > 0) return { check: NAME, verdict: 'unknown', reason: `${unread} of ${cells} keys have no final answer`, anomalies };
  return { check: NAME, verdict: 'pass', reason: `${cells} of ${cells} keys equal the origin`, anomalies };
}

/** It may have taken effect after the origin was asked what it holds. */
function isDoubtfulWrite({ kind, outcome }: Change): boolean {
  return kind !== 'purge' && (outcome === 'unknown' || outcome === undefined);
}

/** A deletion is met by any 404 that carries its version. */
function agrees(read: ReadOperation, origin: OriginState, mayBeStale: boolean): boolean {
  return read.version === origin.version && read.found === !origin.deleted && (read.status === 'fresh' || mayBeStale);
}

/** It may yet come: what is newer than the origin's, or not there at the same version, comes from nothing late. */
function isBehind({ version = 0, status }: ReadOperation, origin: OriginState): boolean {
  return version < origin.version || (version === origin.version && status === 'stale');
}

function toAnomaly({ region, origin, read }: Differing): Anomaly {
  const expected = origin.deleted ? `the deletion at version ${origin.version}` : `version ${origin.version}`;
  const got = read.found ? `version ${read.version ?? '?'}` : `a 404 at version ${read.version ?? '?'}`;
  const because =
    read.status === 'stale'
      ? 'the answer was still labelled stale when settle ended'
      : `the ${read.source ?? 'edge'} gave this answer after settle`;
  return {
    anomaly: NAME,
    region,
    key: origin.key,
    ...(read.version === undefined ? {} : { version: read.version }),
    explain: `expected ${expected} in ${region}, got ${got}: ${because}`,
    witness: [origin, read],
  };
}
