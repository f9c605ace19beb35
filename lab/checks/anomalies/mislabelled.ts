/**
 * mislabelled: a region calls an answer stale for ever, though the origin can be reached; or it calls a 404 stale.
 *
 * An answer labelled stale asks for a revalidation, which takes at most one fetch. So after a fetch's deadline and epsilon, outside
 * faults, neither may the same entry (same version, same `cached_at`) be answered labelled stale again, nor may the last answer of a key be so
 * labelled when it was asked for again and again for longer than that at the end. An old version labelled stale before the
 * end is `stale-after-bound`.
 *
 * A 404 is answered fresh or not at all: an old "not there" must not outlive the creation of what is asked for. No fault excuses it.
 *
 * One anomaly of either kind for each key in a region.
 */
import type { History } from '../../history/history.ts';
import { answerOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckContext, CheckResult } from '../check.ts';
import { sift } from '../doubt.ts';
import { type ServiceClocks, serviceClocksOf } from '../service-clocks.ts';
import { type Staleness, type StaleRead, stalenessOf } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead } from '../versions.ts';

const NAME = 'mislabelled';

export const mislabelled: Check = {
  name: NAME,
  about: 'a region calls an answer stale for ever, though the origin can be reached, or it calls a 404 stale',
  judge,
};

/** Two answers labelled stale, the first of which asked for what the other should have had. */
interface StillStale extends Pick<StaleRead, 'interval' | 'path' | 'stalenessMs' | 'allowedMs' | 'unseenMs'> {
  readonly first: AnsweredRead;
  readonly read: AnsweredRead;
}

function judge(history: History, { staleness: rule }: CheckContext): CheckResult {
  const staleness = stalenessOf(history, rule);
  const why = staleness.whyNone(staleness.reads.length, 'are there');
  if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
  const cells = [...staleness.byKey.values()];
  const finals = cells.flatMap((reads) => stillStaleAtTheEnd(reads, staleness));
  const still = [...cells.flatMap((reads) => stillStale(reads, staleness)), ...finals].filter((found) => staleness.excessMs(found) > 0);
  const anomalies = new Map<string, Anomaly>();
  const missing = staleness.reads.filter(({ found, status }) => found === false && status === 'stale');
  for (const read of missing) anomalies.set(`${keyOf(read)} missing`, toMissing(read));
  const clocks = serviceClocksOf(history);
  const { certain, doubts } = sift(still, (found) => staleness.doubtOf(found) ?? doubtAboutEntry(found, clocks));
  for (const found of certain) anomalies.set(`${found.read.region} ${found.read.key}`, toAnomaly(found, staleness));
  const labelled = staleness.reads.filter(({ status }) => status === 'stale').length;
  const reason = `${still.length} of ${labelled} answers labelled stale were still so after one fetch, ${missing.length} were 404s, ${staleness.reads.length} answers`;
  const result = verdictOf({ check: NAME, found: still.length + missing.length, anomalies: [...anomalies.values()], reason, doubts });
  if (result.verdict !== 'pass' || finals.length === 0) return result;
  return { ...result, verdict: 'unknown', reason: `${finals.length} last answers labelled stale, asked for again for less than one fetch` };
}

/** What was fetched at one time is one entry, unless the edge's clock showed that time twice. */
function doubtAboutEntry({ read }: StillStale, clocks: ServiceClocks): string | undefined {
  const isOneByItsClock = !read.final && clocks.edge(read.region).wasSetBack;
  return isOneByItsClock ? "by the edge's clock, which was set back" : undefined;
}

/** The same entry, answered again long after. `reads` of one key in one region, by their start. */
function stillStale(reads: readonly AnsweredRead[], staleness: Staleness): readonly StillStale[] {
  const first = new Map<string, AnsweredRead>();
  const found: StillStale[] = [];
  for (const read of reads) {
    if (read.status !== 'stale' || read.cachedMs === undefined || staleness.isDisturbed(read)) continue;
    const entry = `${read.version} ${read.cachedMs}`;
    const before = first.get(entry);
    if (before === undefined || read.endMs < before.endMs) first.set(entry, read);
    if (before !== undefined && staleness.versions.supersededBefore(read) === undefined) found.push(toStillStale(before, read, staleness));
  }
  return found;
}

function stillStaleAtTheEnd(reads: readonly AnsweredRead[], staleness: Staleness): readonly StillStale[] {
  const finals = reads.filter(({ final }) => final);
  const [first, last] = [finals[0], finals.at(-1)];
  return first === undefined || last === undefined || last.status !== 'stale' ? [] : [toStillStale(first, last, staleness)];
}

function toStillStale(first: AnsweredRead, read: AnsweredRead, staleness: Staleness): StillStale {
  const interval = { fromMs: Math.min(first.endMs, read.startMs), toMs: read.startMs };
  const measured = staleness.measure({ region: read.region, status: 'stale' }, interval);
  return { first, read, ...measured, allowedMs: staleness.fetchDeadlineMs(read.region) };
}

function toMissing(read: AnsweredRead): Anomaly {
  const explain = `expected a fresh answer or none in ${read.region}, got ${answerOf(read)}: a 404 must not outlive what it says`;
  return { anomaly: NAME, subKind: 'missing', region: read.region, key: read.key, version: read.version, explain, witness: [read] };
}

function toAnomaly(found: StillStale, staleness: Staleness): Anomaly {
  const { first, read } = found;
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected a fresh answer in ${read.region}, got ${answerOf(read)}: ${staleness.becauseSince(found, 'first labelled stale')}`,
    witness: first === read ? [read] : [first, read, ...staleness.faultsDuring(found)],
  };
}
