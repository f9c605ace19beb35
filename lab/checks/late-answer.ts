/** Whether a last answer is behind because the machine stood still while the region was to catch up. */
import type { History } from '../history/history.ts';
import type { ReadOperation } from '../history/records.ts';
import type { CheckContext } from './check.ts';
import { FETCH_DEADLINE_MS } from './fault-windows.ts';
import { keyOf, type Staleness, stalenessOf } from './staleness.ts';
import { isAnswered } from './versions.ts';

/** In words; undefined: the machine does not explain it. */
export function doubtAboutLast(history: History, read: ReadOperation, rule: CheckContext['staleness']): string | undefined {
  if ((history.of('stall').length === 0 && history.of('pressure').length === 0) || !isAnswered(read)) return undefined;
  const staleness = stalenessOf(history, rule);
  const superseding = staleness.versions.supersededBefore(read);
  if (superseding !== undefined) return staleness.doubtOf(staleness.judgeSince(read, superseding.atMs));
  const fromMs = Math.min(read.startMs, firstLast(read, staleness));
  const measured = staleness.measure(read, { fromMs, toMs: read.startMs });
  return staleness.doubtOf({ read, ...measured, allowedMs: FETCH_DEADLINE_MS });
}

/** When its key was asked for the first of its last times: labelled stale, it asked the origin then. */
function firstLast(read: ReadOperation, { byKey }: Staleness): number {
  return byKey.get(keyOf(read))?.find(({ final }) => final)?.endMs ?? read.startMs;
}
