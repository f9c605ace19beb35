/**
 * resurrection: a region served content after it was deleted, later than its bound.
 *
 * A deletion is hard in every region, lazy ones too, and ids are never used again: once the deletion is known and its delay and
 * epsilon have passed, outside faults, no content of that id may be answered, not even labelled stale. One anomaly for each version
 * of a key in a region, with the read furthest above its bound.
 */
import type { History } from '../../history/history.ts';
import { answerOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { sift } from '../doubt.ts';
import { type Staleness, type StaleRead, stalenessOf } from '../staleness.ts';
import { verdictOf, worstOf } from '../verdict.ts';

const NAME = 'resurrection';

export const resurrection: Check = {
  name: NAME,
  about: 'a region serves content after its deletion, later than its bound',
  judge,
};

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const judged = staleness.reads.flatMap((read) => {
    const deletion = staleness.versions.deletedBefore(read);
    return deletion === undefined ? [] : [{ read, deletion }];
  });
  const why = staleness.whyNone(judged.length, 'began after a deletion of their key');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const back = judged
    .filter(({ read, deletion }) => read.found === true && read.version < deletion.version)
    .map(({ read, deletion }) => ({ ...staleness.judgeSince(read, deletion.atMs), superseding: deletion }))
    .filter((stale) => staleness.excessMs(stale) > 0);
  const { certain, doubts } = sift(back, (stale) => staleness.doubtOf(stale));
  const anomalies = worstOf(certain, staleness).map((stale) => toAnomaly(stale, staleness));
  return verdictOf({
    check: NAME,
    found: back.length,
    anomalies,
    reason: `${back.length} of ${judged.length} reads after a deletion answered what was deleted`,
    doubts,
  });
}

function toAnomaly(stale: StaleRead, staleness: Staleness): Anomaly {
  const { read, superseding } = stale;
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected a 404 in ${read.region}, deleted at version ${superseding.version}, got ${answerOf(read)}: ${staleness.becauseSince(stale, 'deleted')}`,
    witness: [superseding.by, read, ...staleness.faultsDuring(stale)],
  };
}
