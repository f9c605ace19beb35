/**
 * Why a last answer that is behind proves nothing: the run was cut off before regions had their time, a fault on the way was never seen gone,
 * or the machine stood still while the region was to catch up.
 */
import type { History } from '../history/history.ts';
import type { FaultRecord, ReadOperation } from '../history/records.ts';
import { keyOf } from './answers.ts';
import type { CheckContext } from './check.ts';
import { touches } from './fault-windows.ts';
import { type Staleness, stalenessOf } from './staleness.ts';
import { isAnswered } from './versions.ts';

/** In words; undefined: nothing but the region explains it. */
export function doubtAboutLast(history: History, read: ReadOperation, rule: CheckContext['staleness']): string | undefined {
  if (history.head !== undefined && history.endedMs === undefined) return 'in a run that did not get to its end';
  const standing = rule === 'strict' ? undefined : history.faults.find((fault) => isStanding(fault) && touches(fault, read.region));
  if (standing !== undefined) return `while ${standing.fault} ${standing.target.text} was not seen gone`;
  return doubtByTheMachine(history, read, rule);
}

function isStanding({ healedMs }: FaultRecord): boolean {
  return healedMs === undefined;
}

function doubtByTheMachine(history: History, read: ReadOperation, rule: CheckContext['staleness']): string | undefined {
  if ((history.of('stall').length === 0 && history.of('pressure').length === 0) || !isAnswered(read)) return undefined;
  const staleness = stalenessOf(history, rule);
  const superseding = staleness.versions.supersededBefore(read);
  if (superseding !== undefined) return staleness.doubtOf(staleness.judgeSince(read, superseding.atMs));
  const fromMs = Math.min(read.startMs, firstLast(read, staleness));
  const measured = staleness.measure(read, { fromMs, toMs: read.startMs });
  return staleness.doubtOf({ read, ...measured, allowedMs: staleness.fetchDeadlineMs(read.region) });
}

/** When its key was asked for the first of its last times: labelled stale, it asked the origin then. */
function firstLast(read: ReadOperation, { byKey }: Staleness): number {
  return byKey.get(keyOf(read))?.find(({ final }) => final)?.endMs ?? read.startMs;
}
