/**
 * version-regression: a region went back. A read that began after another had ended returned an older version, though the
 * newer one had come from the cache, and the older one was past its bound (`staleness.ts`).
 *
 * Within the bound two overlapping fetches may differ, and a newer answer straight from the origin need not have been
 * stored: both by design. One anomaly for each older version of a key in a region, with the first read that shows it.
 */
import type { History } from '../../history/history.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { sift } from '../doubt.ts';
import { answerOf, cellOf, type Staleness, type StaleRead, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead } from '../versions.ts';

const NAME = 'version-regression';

export const versionRegression: Check = {
  name: NAME,
  about: 'a region answers an older version than its cache had answered, past its bound',
  judge,
};

/** A read, and the newest answer from the cache that its region had ended before it began. */
interface Follow {
  readonly read: AnsweredRead;
  readonly newest: AnsweredRead;
}

interface Regression extends Follow {
  readonly stale: StaleRead;
}

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const judged = [...staleness.byKey.values()].flatMap(followsIn).filter(({ read }) => staleness.couldBeOld(read));
  const why = staleness.whyNone(judged.length, 'began after a change of their key and an answer from the cache');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const back = judged.flatMap((follow) => toRegression(follow, staleness));
  const first = new Map<string, Regression>();
  const { certain, doubts } = sift(back, ({ stale }) => staleness.doubtOf(stale));
  for (const regression of certain) if (!first.has(cellOf(regression.read))) first.set(cellOf(regression.read), regression);
  const anomalies = [...first.values()].map((regression) => toAnomaly(regression, staleness));
  const reason = `${back.length} of ${judged.length} reads went back past their bound, epsilon ${Math.round(staleness.epsilonMs)} ms`;
  return verdictOf({ check: NAME, found: back.length, anomalies, reason, doubts });
}

/** `reads` of one key in one region, by their start. A read that follows no answer from the cache is left out. */
function followsIn(reads: readonly AnsweredRead[]): readonly Follow[] {
  const cached = reads.filter(({ source }) => source === 'cache').sort((one, other) => one.endMs - other.endMs);
  const follows: Follow[] = [];
  let ended = 0;
  let newest: AnsweredRead | undefined;
  for (const read of reads) {
    for (let next = cached[ended]; next !== undefined && next.endMs < read.startMs; next = cached[ended]) {
      if (newest === undefined || next.version > newest.version) newest = next;
      ended += 1;
    }
    if (newest !== undefined) follows.push({ read, newest });
  }
  return follows;
}

function toRegression({ read, newest }: Follow, staleness: Staleness): readonly Regression[] {
  if (newest.version <= read.version) return [];
  const stale = staleness.judge(read);
  return stale !== undefined && staleness.excessMs(stale) > 0 ? [{ read, newest, stale }] : [];
}

function toAnomaly({ read, newest, stale }: Regression, staleness: Staleness): Anomaly {
  const { by } = stale.superseding;
  const agoMs = Math.round(read.startMs - newest.endMs);
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${newest.version} or later in ${read.region}, whose cache had answered it ${agoMs} ms before, got ${answerOf(read)}: ${staleness.because(stale)}`,
    witness: by.id === newest.id ? [newest, read] : [by, newest, read],
  };
}
