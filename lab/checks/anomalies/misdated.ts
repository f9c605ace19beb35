/**
 * misdated: an answer says that the origin was asked for it at a time at which the origin held a later version already.
 *
 * Whoever reads trusts that time: by it an answer counts as fetched before or after a purge. The origin answers with the latest version
 * that it has acknowledged, so what was asked for after a later version was known cannot be this one. The earliest moment counts that
 * the edge's clock allows (`service-clocks.ts`). One anomaly for each version of a key in a region.
 */
import type { History } from '../../history/history.ts';
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { serviceClocksOf } from '../service-clocks.ts';
import { stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead, Known } from '../versions.ts';

const NAME = 'misdated';

export const misdated: Check = {
  name: NAME,
  about: 'an answer says that the origin was asked for it when the origin already held a later version',
  needs: ['fetch-time'],
  judge,
};

interface Misdated {
  readonly read: AnsweredRead;
  readonly superseding: Known;
  /** When the origin was asked, by the answer itself. */
  readonly askedMs: number;
}

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const { reads, versions } = stalenessOf(history, rule);
  const clocks = serviceClocksOf(history);
  const found = new Map<string, Misdated>();
  let judged = 0;
  for (const read of reads) {
    if (read.cachedMs === undefined) continue;
    judged += 1;
    const superseding = versions.supersededBefore(read);
    if (superseding === undefined || found.has(cellOf(read))) continue;
    const clock = clocks.edge(read.region);
    const { fromMs, likelyMs } = clock.onRunClock(read.cachedMs);
    // A clock that was set shows one time twice, or none of a stretch.
    if (!clock.wasSet && fromMs > superseding.atMs) found.set(cellOf(read), { read, superseding, askedMs: likelyMs });
  }
  if (judged === 0)
    return { check: NAME, verdict: 'unknown', reason: 'nothing to judge: no answer says when it was asked for', anomalies: [] };
  const anomalies = [...found.values()].map(toAnomaly);
  const reason = `${anomalies.length} versions of ${judged} answers were asked for after a later version was known`;
  return verdictOf({ check: NAME, found: anomalies.length, anomalies, reason, doubts: [] });
}

function toAnomaly({ read, superseding, askedMs }: Misdated): Anomaly {
  const lateMs = Math.round(askedMs - superseding.atMs);
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected the time at which the origin was asked in ${read.region}, got ${answerOf(read)}, asked for ${lateMs} ms after version ${superseding.version} was known`,
    witness: [superseding.by, read],
  };
}
