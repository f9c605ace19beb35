/**
 * misdated: an answer says that the origin was asked for it at a time at which the origin held a later version already.
 *
 * Whoever reads trusts that time: by it an answer counts as fetched before or after a purge. The origin answers with
 * the latest version that it has acknowledged, so what was asked for after a later version was known cannot be this
 * one. The earliest moment counts that the edge's clock allows (`service-clocks.ts`). One anomaly for each version of a
 * key in a region.
 *
 * A cache of others may say it by its label alone: what it has fetched for whoever read was asked for no longer before
 * the read than a fetch may last. Then either the label is wrong, or the origin answers what it holds no longer.
 */
import type { History } from '../../history/history.ts';
import { plural } from '../../input/plural.ts';
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { type Dated, type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead, Known } from '../versions.ts';

const NAME = 'misdated';

export const misdated: Check = {
  name: NAME,
  about: 'an answer claims a fetch at a time when the origin already held a later version',
  needs: ['fetches-dated'],
  begin,
};

interface Misdated {
  readonly read: AnsweredRead;
  readonly superseding: Known;
  /** When the origin was asked, by the answer itself. */
  readonly askedMs: number;
  readonly isByLabel: boolean;
}

function begin({ history }: CheckInput): Judging {
  const clocks = serviceClocksOf(history);
  const found = new Map<string, Misdated>();
  let judged = 0;
  return {
    answer: (read, stale) => {
      const asked = askedFor(read, { history, clocks });
      if (asked === undefined) return;
      judged += 1;
      if (stale === undefined || found.has(cellOf(read))) return;
      const { superseding } = stale;
      const { fromMs, likelyMs: askedMs, isByLabel } = asked;
      if (fromMs > superseding.atMs) found.set(cellOf(read), { read, superseding, askedMs, isByLabel });
    },
    result: () => {
      const none = 'nothing to judge: no answer says when it was fetched';
      if (judged === 0) return { check: NAME, verdict: 'unknown', reason: none, anomalies: [] };
      const anomalies = [...found.values()].map(toAnomaly);
      const reason = `${plural(anomalies.length, 'version')} in ${plural(judged, 'answer')} with a fetch after a later version was known`;
      return verdictOf({ check: NAME, found: anomalies.length, anomalies, reason });
    },
  };
}

interface Asked extends Pick<Dated, 'fromMs' | 'likelyMs'> {
  readonly isByLabel: boolean;
}

/** By the answer; undefined: it does not say. */
function askedFor(
  read: AnsweredRead,
  { history, clocks }: { readonly history: History; readonly clocks: ServiceClocks },
): Asked | undefined {
  const { datedBy, fetchDeadlineMs } = history.boundsOf(read.region);
  if (read.cachedMs !== undefined) {
    const clock = clocks.edge(read.region);
    // A clock that was set shows one time twice, or none of a stretch.
    const { fromMs, likelyMs } = clock.onRunClock(read.cachedMs);
    return { fromMs: clock.wasSet ? Number.NEGATIVE_INFINITY : fromMs, likelyMs, isByLabel: false };
  }
  if (datedBy !== 'label' || read.source !== 'origin') return undefined;
  return { fromMs: read.startMs - fetchDeadlineMs, likelyMs: read.startMs, isByLabel: true };
}

function toAnomaly({ read, superseding, askedMs, isByLabel }: Misdated): Anomaly {
  const lateMs = Math.round(askedMs - superseding.atMs);
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected a fetch in ${read.region} before version ${superseding.version} was known, got ${answerOf(read)}, fetched ${lateMs} ms later${isByLabel ? ' by its label: the label is wrong, or the origin answered a version that it no longer holds' : ''}`,
    witness: [superseding.by, read],
  };
}
