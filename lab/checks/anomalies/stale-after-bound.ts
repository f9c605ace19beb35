/**
 * stale-after-bound: a region served a version for longer after it was superseded than its bound allows.
 *
 * What is measured, what is allowed and what faults excuse: `staleness.ts`. One anomaly for each version of a key in a region, with
 * the read furthest above its bound. A read above it while the machine stood still proves nothing, but is no pass either.
 */
import type { History } from '../../history/history.ts';
import { answerOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { sift } from '../doubt.ts';
import { type Staleness, type StaleRead, stalenessOf } from '../staleness.ts';
import { verdictOf, worstOf } from '../verdict.ts';

const NAME = 'stale-after-bound';

export const staleAfterBound: Check = {
  name: NAME,
  about: 'a region serves a version for longer after it was superseded than its bound allows',
  judge,
};

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const judged = staleness.reads.filter((read) => staleness.couldBeOld(read));
  const why = staleness.whyNone(judged.length, 'began after a change of their key');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const above = judged
    .map((read) => staleness.judge(read))
    .filter((stale) => stale !== undefined)
    .filter((stale) => staleness.excessMs(stale) > 0);
  const { certain, doubts } = sift(above, (stale) => staleness.doubtOf(stale));
  const worst = worstOf(certain, staleness);
  const reason = `${above.length} of ${judged.length} reads above their bound, epsilon ${Math.round(staleness.epsilonMs)} ms`;
  return verdictOf({ check: NAME, found: above.length, anomalies: worst.map((stale) => toAnomaly(stale, staleness)), reason, doubts });
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
