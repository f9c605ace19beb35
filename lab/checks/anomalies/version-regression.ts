/**
 * version-regression: a region went back. A read that began after another had ended returned an older version, though the
 * newer one had come from the cache, and the older one was past its bound (`staleness.ts`).
 *
 * Within the bound two overlapping fetches may differ, and a newer answer straight from the origin need not have been
 * stored: both by design.
 *
 * An edge whose cache does not answer asks the origin past it, and remembers what it answered so. From then on nobody is answered less, be
 * it within the bound, as long as its process lasts.
 *
 * One anomaly for each older version of a key in a region, with the first read that shows it.
 */
import type { History } from '../../history/history.ts';
import type { FaultRecord } from '../../history/records.ts';
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { sift } from '../doubt.ts';
import { windowOf } from '../fault-windows.ts';
import { overlaps } from '../interval.ts';
import { type Staleness, type StaleRead, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead } from '../versions.ts';

const NAME = 'version-regression';

export const versionRegression: Check = {
  name: NAME,
  about: 'a region answers an older version than its cache had answered, past its bound, or than it had answered past its cache',
  judge,
};

/** A read, and the newest answer from the cache that its region had ended before it began. */
interface Follow {
  readonly read: AnsweredRead;
  readonly newest: AnsweredRead;
}

interface Regression extends Follow {
  readonly stale: StaleRead;
  /** Within the bound, too. */
  readonly isRemembered: boolean;
}

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const isCached = ({ source }: AnsweredRead) => source === 'cache';
  const isBypassed = ({ bypassed }: AnsweredRead) => bypassed === true;
  const cells = [...staleness.byKey.values()];
  const judged = cells.flatMap((reads) => followsIn(reads, isCached)).filter(({ read }) => staleness.couldBeOld(read));
  const remembered = cells.flatMap((reads) => followsIn(reads, isBypassed));
  const why = staleness.whyNone(judged.length + remembered.length, 'began after a change of their key and an answer from the cache');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const lives = new Lives(history);
  const back = [
    ...judged.flatMap((follow) => toRegression(follow, staleness)),
    ...remembered.filter((follow) => lives.isOne(follow)).flatMap((follow) => toForgotten(follow, staleness)),
  ];
  const first = new Map<string, Regression>();
  const { certain, doubts } = sift(back, ({ stale, isRemembered }) => (isRemembered ? undefined : staleness.doubtOf(stale)));
  for (const regression of certain) if (!first.has(cellOf(regression.read))) first.set(cellOf(regression.read), regression);
  const anomalies = [...first.values()].map((regression) => toAnomaly(regression, staleness));
  const reason = `${back.length} of ${judged.length + remembered.length} reads went back, epsilon ${Math.round(staleness.epsilonMs)} ms`;
  return verdictOf({ check: NAME, found: back.length, anomalies, reason, doubts });
}

/** `reads` of one key in one region, by their start. A read that follows no answer of that kind is left out. */
function followsIn(reads: readonly AnsweredRead[], isOfKind: (read: AnsweredRead) => boolean): readonly Follow[] {
  const cached = reads.filter(isOfKind).sort((one, other) => one.endMs - other.endMs);
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
  return stale !== undefined && staleness.excessMs(stale) > 0 ? [{ read, newest, stale, isRemembered: false }] : [];
}

function toForgotten({ read, newest }: Follow, staleness: Staleness): readonly Regression[] {
  if (newest.version <= read.version) return [];
  const stale = staleness.judge(read);
  return stale === undefined ? [] : [{ read, newest, stale, isRemembered: true }];
}

/** What an edge remembers ends with its process. */
class Lives {
  readonly #ends: readonly FaultRecord[];

  constructor({ faults }: History) {
    this.#ends = faults.filter(({ target }) => target.kind === 'edge');
  }

  isOne({ newest, read }: Follow): boolean {
    const span = { fromMs: newest.startMs, toMs: read.endMs };
    return !this.#ends.some((fault) => fault.target.region === read.region && overlaps(windowOf(fault), span));
  }
}

function toAnomaly({ read, newest, stale, isRemembered }: Regression, staleness: Staleness): Anomaly {
  const { by } = stale.superseding;
  const agoMs = Math.round(read.startMs - newest.endMs);
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${newest.version} or later in ${read.region}, ${isRemembered ? 'which had answered it past its cache' : 'whose cache had answered it'} ${agoMs} ms before, got ${answerOf(read)}: ${staleness.because(stale)}`,
    witness: by.id === newest.id ? [newest, read] : [by, newest, read],
  };
}
