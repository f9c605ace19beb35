/**
 * misdated: an answer says that the origin was asked for it at a time at which the origin held a later version already.
 *
 * Whoever reads trusts that time: by it an answer counts as fetched before or after a purge. The origin answers with the latest version
 * that it has acknowledged, so what was asked for after a later version was known cannot be this one. The earliest moment counts that
 * the edge's clock allows (`service-clocks.ts`). One anomaly for each version of a key in a region.
 */
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { serviceClocksOf } from '../service-clocks.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead, Known } from '../versions.ts';

const NAME = 'misdated';

export const misdated: Check = {
  name: NAME,
  about: 'an answer says that the origin was asked for it when the origin already held a later version',
  needs: ['fetch-time'],
  begin,
};

interface Misdated {
  readonly read: AnsweredRead;
  readonly superseding: Known;
  /** When the origin was asked, by the answer itself. */
  readonly askedMs: number;
}

function begin({ history }: CheckInput): Judging {
  const clocks = serviceClocksOf(history);
  const found = new Map<string, Misdated>();
  let judged = 0;
  return {
    answer: (read, stale) => {
      if (read.cachedMs === undefined) return;
      judged += 1;
      if (stale === undefined || found.has(cellOf(read))) return;
      const { superseding } = stale;
      const clock = clocks.edge(read.region);
      const { fromMs, likelyMs } = clock.onRunClock(read.cachedMs);
      // A clock that was set shows one time twice, or none of a stretch.
      if (!clock.wasSet && fromMs > superseding.atMs) found.set(cellOf(read), { read, superseding, askedMs: likelyMs });
    },
    result: () => {
      const none = 'nothing to judge: no answer says when it was asked for';
      if (judged === 0) return { check: NAME, verdict: 'unknown', reason: none, anomalies: [] };
      const anomalies = [...found.values()].map(toAnomaly);
      const reason = `${anomalies.length} versions of ${judged} answers were asked for after a later version was known`;
      return verdictOf({ check: NAME, found: anomalies.length, anomalies, reason });
    },
  };
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
