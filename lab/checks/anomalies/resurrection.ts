/**
 * resurrection: a region served content after it was deleted, later than its bound.
 *
 * A deletion is hard in every region, lazy ones too, and ids are never used again: once the deletion is known and its
 * delay and epsilon have passed, outside faults, no content of that id may be answered, not even labelled stale. One
 * anomaly for each version of a key in a region, with the read furthest above its bound.
 */
import { answerOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Evidence } from '../evidence.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { sieveOfWorst, verdictOf } from '../verdict.ts';

const NAME = 'resurrection';

export const resurrection: Check = {
  name: NAME,
  about: 'a region serves a deleted content, later than its bound allows',
  begin,
};

function begin({ staleness }: CheckInput): Judging {
  const { sieve, worst } = sieveOfWorst<StaleRead>(staleness);
  const evidence = new Evidence(staleness);
  return {
    answer: (read) => {
      const superseding = staleness.versions.deletedBefore(read);
      if (superseding === undefined) return;
      evidence.add(read, superseding.atMs);
      if (read.found !== true || read.version >= superseding.version) return;
      const stale = { ...staleness.judgeSince(read, superseding.atMs), superseding };
      if (staleness.excessMs(stale) > 0) sieve.add(stale);
    },
    result: () => {
      const why = evidence.whyNone('began after a deletion of their key');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const anomalies = worst.all.map((stale) => toAnomaly(stale, staleness));
      const reason = `${sieve.found} of ${evidence.judged} reads after a deletion got the deleted content`;
      return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
    },
  };
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
