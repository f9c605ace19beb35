/**
 * stale-after-bound: a region served a version for longer after it was superseded than its bound allows.
 *
 * What is measured, what is allowed and what faults excuse: `staleness.ts`. One anomaly for each version of a key in a
 * region, with the read furthest above its bound. A read above it while the machine stood still proves nothing, but is
 * no pass either.
 */
import { answerOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Evidence } from '../evidence.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { sieveOfWorst, verdictOf } from '../verdict.ts';

const NAME = 'stale-after-bound';

export const staleAfterBound: Check = {
  name: NAME,
  about: 'a region serves a superseded version for longer than its bound allows',
  begin,
};

function begin({ staleness }: CheckInput): Judging {
  const { sieve, worst } = sieveOfWorst<StaleRead>(staleness);
  const evidence = new Evidence(staleness);
  return {
    answer: (read, stale) => {
      if (!staleness.couldBeOld(read)) return;
      evidence.add(read, staleness.versions.changedMs(read));
      if (stale !== undefined && staleness.excessMs(stale) > 0) sieve.add(stale);
    },
    result: () => {
      const why = evidence.whyNone('began after a change of their key');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const anomalies = worst.all.map((stale) => toAnomaly(stale, staleness));
      const reason = `${sieve.found} of ${evidence.judged} reads above their bound, epsilon ${Math.round(staleness.epsilonMs)} ms`;
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
    explain: `expected version ${superseding.version} or later in ${read.region}, got ${answerOf(read)}: ${staleness.because(stale)}`,
    witness: [superseding.by, read, ...staleness.faultsDuring(stale)],
  };
}
